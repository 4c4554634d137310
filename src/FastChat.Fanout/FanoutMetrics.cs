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

    /// <summary>Gaps told to members.</summary>
    public static readonly Counter<long> Gaps = Meter.CreateCounter<long>("fastchat.gaps", "{gap}");

    private static readonly Counter<long> s_slowConsumers = Meter.CreateCounter<long>("fastchat.slow_consumers", "{member}");
    private static readonly KeyValuePair<string, object?>[] s_slowConsumerTags =
        [new("action", "catch_up"), new("action", "close"), new("action", "skip")];

    /// <summary>A member's outbox was full.</summary>
    public static void SlowConsumer(SlowConsumer action) => s_slowConsumers.Add(1, s_slowConsumerTags[(int)action]);
}
