using System.Diagnostics.Metrics;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout;

/// <summary>What rooms count. Names are <c>fastchat.noun.measure</c>.</summary>
internal static class FanoutMetrics
{
    /// <summary>The meter of the whole gateway.</summary>
    public static readonly Meter Meter = new("FastChat");

    /// <summary>Publications numbered and logged.</summary>
    public static readonly Counter<long> Publications = Meter.CreateCounter<long>("fastchat.publications", "{publication}");

    /// <summary>Publications whose id the room had already.</summary>
    public static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("fastchat.publications.duplicates", "{publication}");

    /// <summary>Sends of the ephemeral lane not made because the member was behind.</summary>
    public static readonly Counter<long> EphemeralDropped = Meter.CreateCounter<long>("fastchat.ephemeral.dropped", "{send}");

    /// <summary>Entries of the ephemeral lane dropped because too many came between two sends.</summary>
    public static readonly Counter<long> EphemeralOverflow = Meter.CreateCounter<long>("fastchat.ephemeral.overflow", "{entry}");

    /// <summary>Shards whose loop stood still for so long that the room went on without; their members catch up.</summary>
    public static readonly Counter<long> ShardsCutOff = Meter.CreateCounter<long>("fastchat.shards.cut_off", "{shard}");

    private static readonly Counter<long> s_gaps = Meter.CreateCounter<long>("fastchat.gaps", "{gap}");
    private static readonly Counter<long> s_slowConsumers = Meter.CreateCounter<long>("fastchat.slow_consumers", "{member}");
    private static readonly string[] s_actions = ["catch_up", "close", "skip"];

    /// <summary>A gap was told to a member: because its policy skips, or because the log no longer reaches.</summary>
    public static void Gap(bool isSkip) => s_gaps.Add(1, new KeyValuePair<string, object?>("reason", isSkip ? "skip" : "not_held"));

    /// <summary>A member's outbox was full, or what is in it too old.</summary>
    public static void SlowConsumer(SlowConsumer action, bool isAge) => s_slowConsumers.Add(
        1, new KeyValuePair<string, object?>("action", s_actions[(int)action]), new KeyValuePair<string, object?>("reason", isAge ? "age" : "bytes"));
}
