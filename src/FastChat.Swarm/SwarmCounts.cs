using FastChat.Swarm.Measures;

namespace FastChat.Swarm;

/// <summary>What a swarm did and heard since it was last asked, and how many of its connections stand now.</summary>
internal sealed class SwarmCounts
{
    /// <summary>Connections open now.</summary>
    public int Open { get; set; }
    /// <summary>Of them, joined.</summary>
    public int Joined { get; set; }
    /// <summary>Joins that were answered.</summary>
    public long Joins { get; set; }
    /// <summary>Of them, with a position that the gateway could go on from.</summary>
    public long Recovered { get; set; }
    /// <summary>Of them, with a position that it could not go on from: another epoch.</summary>
    public long NotRecovered { get; set; }
    /// <summary>Publishes sent.</summary>
    public long Published { get; set; }
    /// <summary>Publishes acked.</summary>
    public long Acked { get; set; }
    /// <summary>Messages delivered, those caught up with too.</summary>
    public long Deliveries { get; set; }
    /// <summary>Of them, those published before the connection had joined (again).</summary>
    public long CaughtUp { get; set; }
    /// <summary>What came beside messages and answers: who came, who went, how many are here.</summary>
    public long Notices { get; set; }
    /// <summary>Bytes read.</summary>
    public long Bytes { get; set; }
    /// <summary>Offsets that did not come, and of which nobody said so: lost messages.</summary>
    public long Lost { get; set; }
    /// <summary>Deliveries whose offset was not above the one before: twice or out of order.</summary>
    public long Disordered { get; set; }
    /// <summary>Gaps that the gateway told.</summary>
    public long Gaps { get; set; }
    /// <summary>Offsets in them.</summary>
    public long GapOffsets { get; set; }
    /// <summary>What failed, by what it was.</summary>
    public SortedDictionary<string, long> Failures { get; init; } = new(StringComparer.Ordinal);

    /// <summary>From the intended time of sending to each delivery.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public LatencyHistogram DeliveryLatency { get; private set; } = new();

    /// <summary>From the intended time of sending to the ack.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public LatencyHistogram AckLatency { get; private set; } = new();

    /// <summary>From the intended time of sending to the sending itself: the generator's own lateness. Stays in its process.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public LatencyHistogram SendLag { get; } = new();

    /// <summary><see cref="DeliveryLatency"/> for another process.</summary>
    public string DeliveryLatencyText
    {
        get => DeliveryLatency.ToText();
        set => DeliveryLatency = LatencyHistogram.Parse(value);
    }

    /// <summary><see cref="AckLatency"/> for another process.</summary>
    public string AckLatencyText
    {
        get => AckLatency.ToText();
        set => AckLatency = LatencyHistogram.Parse(value);
    }

    /// <summary>How much failed.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long FailureCount => Failures.Values.Sum();

    /// <summary>Counts a failure.</summary>
    public void Fail(string what) => Failures[what] = Failures.GetValueOrDefault(what) + 1;

    /// <summary>Adds what another part of the swarm counted in the same time.</summary>
    public void Add(SwarmCounts other)
    {
        Open += other.Open;
        Joined += other.Joined;
        AddFlow(other);
    }

    /// <summary>Adds what was counted later: how many connections stand is then what it was last.</summary>
    public void AddLater(SwarmCounts later)
    {
        Open = later.Open;
        Joined = later.Joined;
        AddFlow(later);
    }

    private void AddFlow(SwarmCounts other)
    {
        Joins += other.Joins;
        Recovered += other.Recovered;
        NotRecovered += other.NotRecovered;
        Published += other.Published;
        Acked += other.Acked;
        Deliveries += other.Deliveries;
        CaughtUp += other.CaughtUp;
        Notices += other.Notices;
        Bytes += other.Bytes;
        Lost += other.Lost;
        Disordered += other.Disordered;
        Gaps += other.Gaps;
        GapOffsets += other.GapOffsets;
        foreach ((string what, long count) in other.Failures) Failures[what] = Failures.GetValueOrDefault(what) + count;
        DeliveryLatency.Merge(other.DeliveryLatency);
        AckLatency.Merge(other.AckLatency);
        SendLag.Merge(other.SendLag);
    }
}
