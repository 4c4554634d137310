using FastChat.Fanout.Delivery;

namespace FastChat.Fanout.Rooms;

/// <summary>One connection in one room. Loop only (that of the subscriber).</summary>
internal sealed class Membership
{
    public Membership(Subscriber subscriber, RoomShard shard, long position)
    {
        Subscriber = subscriber;
        Shard = shard;
        Position = position;
    }

    /// <summary>Who.</summary>
    public Subscriber Subscriber { get; }

    /// <summary>Where: the members of the room on the subscriber's loop.</summary>
    public RoomShard Shard { get; }

    /// <summary>Which room.</summary>
    public Room Room => Shard.Room;

    /// <summary>Offset of the last publication that this connection was given.</summary>
    public long Position { get; set; }

    /// <summary>Whether it is a cursor: it is sent pages of the log until it reaches the newest, not the room's batches.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Whether it has reached the newest once: what it falls behind by later is its own slowness, not a resume.</summary>
    public bool HasBeenLive { get; set; }

    /// <summary>Place among the members of <see cref="Shard"/>.</summary>
    internal int Index { get; set; }

    /// <summary>Whether it joined while the shard had batches under way, and has been given none since.</summary>
    internal bool IsNewcomer { get; set; }

    /// <summary>Number of the first batch that it is to be given, while <see cref="IsNewcomer"/>.</summary>
    internal byte FirstBatch { get; set; }

    /// <summary>The subscriber's other rooms.</summary>
    internal Membership? NextOfSubscriber { get; set; }
}
