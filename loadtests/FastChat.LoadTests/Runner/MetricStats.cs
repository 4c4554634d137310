using FastChat.Swarm;

namespace FastChat.LoadTests.Runner;

/// <summary>What a run measured beside its requests: what the swarm heard, and values that the scenario set by name.</summary>
/// <param name="Swarm">All that the connections of all processes counted.</param>
/// <param name="DeliveryLatency">From the intended time of sending to each delivery.</param>
/// <param name="AckLatency">From the intended time of sending to the ack.</param>
/// <param name="Values">By name.</param>
internal sealed record MetricStats(SwarmCounts Swarm, LatencyStats DeliveryLatency, LatencyStats AckLatency, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>A value; 0 when nobody set it.</summary>
    public double Get(string name) => Values.GetValueOrDefault(name);
}
