using System.Collections.Concurrent;

namespace FastChat.Gateway.Hosting;

/// <summary>Whether the gateway may be sent traffic, and how each thing that it depends on is. Thread-safe.</summary>
internal sealed class HealthState
{
    private readonly ConcurrentDictionary<string, HealthPart> _parts = new(StringComparer.Ordinal);
    private volatile GatewayPhase _phase = GatewayPhase.Starting;

    public GatewayPhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    /// <summary>Whether traffic should be sent here: the gateway is up, and nothing that it cannot do without is down.</summary>
    public bool IsReady => _phase == GatewayPhase.Ready && _parts.Values.All(part => part.Status != HealthStatus.Down);

    /// <summary>The things depended on, by name.</summary>
    public IReadOnlyList<HealthPart> Parts => [.. _parts.Values.OrderBy(part => part.Name, StringComparer.Ordinal)];

    /// <summary>Says how one of them is now.</summary>
    /// <param name="name">Such as <c>log</c>.</param>
    /// <param name="status">How it is.</param>
    /// <param name="detail">One line for people.</param>
    public void Report(string name, HealthStatus status, string detail) => _parts[name] = new HealthPart(name, status, detail);
}

/// <summary>How one thing that the gateway depends on is.</summary>
internal sealed record HealthPart(string Name, HealthStatus Status, string Detail);

/// <summary>How a part is.</summary>
internal enum HealthStatus
{
    Up,

    /// <summary>Worse than it should be; the gateway stays ready.</summary>
    Degraded,

    /// <summary>Gone; the gateway is not ready.</summary>
    Down,
}

/// <summary>Where in its life the gateway is.</summary>
internal enum GatewayPhase
{
    Starting,
    Ready,
    Overloaded,
    Draining,
}
