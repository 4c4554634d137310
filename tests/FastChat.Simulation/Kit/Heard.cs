using FastChat.Codec.Messages;

namespace FastChat.Simulation.Kit;

/// <summary>A message of the gateway as a client understood it, whatever the form it came in.</summary>
internal sealed record Heard(MessageType Type)
{
    public string Id { get; init; } = "";
    public string Room { get; init; } = "";
    public string Epoch { get; init; } = "";
    public long Offset { get; init; }
    public string User { get; init; } = "";
    public string Text { get; init; } = "";
    public string Kind { get; init; } = "";
    public bool On { get; init; }
    public bool Recovered { get; init; }
    public bool More { get; init; }
    public string Key { get; init; } = "";
    public IReadOnlyList<Heard> Messages { get; init; } = [];
    public long From { get; init; }
    public long To { get; init; }
    public long Version { get; init; }
    public long Count { get; init; }
    public IReadOnlyList<string>? Users { get; init; }
    public string Next { get; init; } = "";
    public string Error { get; init; } = "";
    public string Suggestion { get; init; } = "";
    public long RetryAfterMs { get; init; }
    /// <summary>Of a close message, or a close frame (then the type is close, too).</summary>
    public int CloseCode { get; init; }
    public long DelayMs { get; init; }

    public bool IsEphemeral => Type == MessageType.Msg && Epoch.Length == 0;

    public override string ToString() => Type switch
    {
        MessageType.Msg => $"msg {Room} {Offset} {User}: {Text} id={Id}",
        MessageType.History => $"history {Room} to {Offset} recovered={Recovered} more={More} [{string.Join(' ', Messages.Select(static message => message.Offset))}]",
        MessageType.Ack => $"ack {Room} {Offset} id={Id}",
        MessageType.Gap => $"gap {Room} {From}-{To}",
        MessageType.Position => $"position {Room} {Offset}",
        MessageType.Error => $"error {Error} id={Id}",
        MessageType.Close => $"close {CloseCode}",
        _ => $"{Type} {Room} {User} {Count}",
    };
}
