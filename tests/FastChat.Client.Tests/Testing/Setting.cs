namespace FastChat.Client.Tests.Testing;

/// <summary>What tests change of a client's options; by default it comes back at once.</summary>
internal sealed record Setting(string Scheme = "tcp", ManualTime? Time = null)
{
    /// <summary>What every draw gives: which share of its bound a delay is.</summary>
    public double Random { get; init; }
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromMilliseconds(200);
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromSeconds(20);
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(25);
    public int? FailuresMax { get; init; }
    public int PublishesMax { get; init; } = 1_000;
    public int PublishBytesMax { get; init; } = 1_000_000;
    public int EventsMax { get; init; } = 10_000;
    public int ReceiveBytesMax { get; init; } = 1_000_000;

    public FastChatClientOptions ToOptions(Uri uri) => new()
    {
        Uri = uri,
        User = "alice",
        TimeProvider = Time is null ? TimeProvider.System : Time,
        Random = new ScriptedRandom(Random),
        BackoffBase = BackoffBase,
        BackoffCap = BackoffCap,
        HeartbeatInterval = HeartbeatInterval,
        FailuresMax = FailuresMax,
        PublishesMax = PublishesMax,
        PublishBytesMax = PublishBytesMax,
        EventsMax = EventsMax,
        ReceiveBytesMax = ReceiveBytesMax,
    };
}
