namespace FastChat.Gateway.Options;

[OptionSection("Rooms, and how each is kept. `Rooms:Policies` is a list; the first entry whose `Match` fits the room's id holds. Behind the list stand two built-in entries with the defaults below: `~*` ephemeral, and `*` durable.")]
internal sealed class RoomsOptions
{
    [Option("Whether joining a valid id makes a public room when there is none. Otherwise the join is answered `unknown_room`.")]
    public bool CreateOnJoin { get; set; } = true;

    [Option("How long a message id is remembered: the same person's message with the same id in the same room is answered with the offset that it got, and not published again.")]
    [OptionRange("1s", "7d")]
    public TimeSpan DedupeWindow { get; set; } = TimeSpan.FromMinutes(10);

    [Option("Smallest message that is compressed for WebSocket members whose client offers `permessage-deflate`; shorter ones gain little. 0: none is, and where no policy says otherwise clients' offers are declined.", Unit = "bytes")]
    [OptionRange(0, 16 * 1024 * 1024)]
    public int Deflate { get; set; } = 512;

    [Option("The policies, tried in this order.", WhenUnset = "the built-in two")]
    public List<RoomPolicyOptions> Policies { get; } = [];
}

/// <summary>How the rooms whose ids match are kept.</summary>
internal sealed class RoomPolicyOptions
{
    [Option("Which rooms: an id in which `*` stands for any run of characters, the empty one too.", WhenUnset = "required")]
    public string Match { get; set; } = "";

    [Option("`ephemeral` keeps the log in memory alone. `durable` is meant to keep it over restarts: it is taken, but the durable log comes with a later version, and in this one a restart loses the log of both.")]
    public RoomDurability Durability { get; set; } = RoomDurability.Durable;

    [Option("How much of the log is kept.")]
    public RoomRetentionOptions Retention { get; } = new();

    [Option("Messages sent to who joins without a position, and the most that a join may ask for.", Unit = "messages")]
    [OptionRange(0, 1000)]
    public int History { get; set; } = 100;

    [Option("What happens to a member whose outbox is full: it catches up from the log when it reads again (`catchUp`), its connection is closed with 4008 and may resume (`close`), or it goes on with the newest message and is told the gap (`skip`).")]
    public SlowConsumerPolicy SlowConsumer { get; set; } = SlowConsumerPolicy.CatchUp;

    [Option("Members up to which every coming and going is told. In larger rooms only the count is.", Unit = "members")]
    [OptionRange(0, 100_000)]
    public int PresenceEventsMax { get; set; } = 100;

    [Option("The same for these rooms alone; 0: their messages are not compressed.", Unit = "bytes", WhenUnset = "as `Rooms:Deflate`")]
    [OptionRange(0, 16 * 1024 * 1024)]
    public int? Deflate { get; set; }
}

/// <summary>How much of a room's log is kept; what comes first holds.</summary>
internal sealed class RoomRetentionOptions
{
    [Option("Messages kept in a room's log; the oldest go first.", Unit = "messages")]
    [OptionRange(0, 1_000_000)]
    public int Messages { get; set; } = 1000;

    [Option("Bytes kept in a room's log; the oldest messages go first.", Unit = "bytes")]
    [OptionRange(0, 1024 * 1024 * 1024)]
    public int Bytes { get; set; } = 262_144;

    [Option("Age up to which messages are kept.", WhenUnset = "any")]
    [OptionRange("1s", "3650d")]
    public TimeSpan? Age { get; set; }
}

/// <summary>What a room's log survives.</summary>
internal enum RoomDurability
{
    Ephemeral,
    Durable,
}

/// <summary>What happens to a member that reads too slowly.</summary>
internal enum SlowConsumerPolicy
{
    CatchUp,
    Close,
    Skip,
}
