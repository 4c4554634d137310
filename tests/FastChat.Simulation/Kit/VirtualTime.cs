namespace FastChat.Simulation.Kit;

/// <summary>Time that moves when a test says so.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Began = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => Began + _now;

    public void Advance(TimeSpan time) => _now += time;
}
