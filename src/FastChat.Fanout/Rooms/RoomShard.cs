// Data plane: no allocation after warm-up. See RoomShardBenchmarks.
using System.Diagnostics;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Fanout.Rooms;

/// <summary>The members that a room has on one loop, and the batches that wait for them.</summary>
/// <remarks>
/// A batch is put here under the room's gate, in the order of its offsets, whichever loop sealed it, so each loop delivers in order.
/// Invariant: a member's <see cref="Membership.Index"/> is its place in <see cref="Members"/>.
/// </remarks>
internal sealed class RoomShard : LoopWork
{
    private Batch? _due;                            // What waits, the first of it. Guarded by the room's gate, like the next two.
    private Queue<Batch>? _dueBehind;               // What waits behind it; seldom anything does.
    private bool _isPlanned;
    private Membership[] _members = [];             // Loop only.
    private int _memberCount;                       // Loop only, but for the count's reads under the gate.

    public RoomShard(Room room, Loop loop)
    {
        Room = room;
        Loop = loop;
    }

    /// <summary>Whose members.</summary>
    public Room Room { get; }

    /// <summary>Whose loop.</summary>
    public Loop Loop { get; }

    /// <summary>The members. Loop only.</summary>
    public ReadOnlySpan<Membership> Members => _members.AsSpan(0, _memberCount);

    /// <summary>Adds a member. On the loop, under the room's gate.</summary>
    public void Add(Membership membership)
    {
        if (_memberCount == _members.Length) Array.Resize(ref _members, _memberCount + Math.Max(2, _memberCount / 4));
        membership.Index = _memberCount;
        _members[_memberCount++] = membership;
    }

    /// <summary>Takes a member out; the last one takes its place. On the loop, under the room's gate.</summary>
    public void Remove(Membership membership)
    {
        Debug.Assert(ReferenceEquals(_members[membership.Index], membership));
        Membership last = _members[--_memberCount];
        _members[membership.Index] = last;
        last.Index = membership.Index;
        _members[_memberCount] = null!;
        if (_memberCount < _members.Length / 4) Array.Resize(ref _members, _members.Length / 2);
    }

    /// <summary>Puts a batch at the end of what waits. Under the room's gate, on <paramref name="current"/>.</summary>
    public void EnqueueLocked(Batch batch, Loop current)
    {
        batch.Retain();
        if (_due is null) _due = batch;
        else (_dueBehind ??= new Queue<Batch>()).Enqueue(batch);
        if (_isPlanned) return;
        _isPlanned = true;
        if (ReferenceEquals(Loop, current)) Loop.DeliverLater(this);
        else Loop.Post(this);
    }

    /// <summary>Gives the members all that waits. Loop only.</summary>
    public void Deliver()
    {
        while (TryTake(out Batch? batch))
        {
            bool isWhole = false;
            try
            {
                Deliver(batch);
                isWhole = true;
            }
            finally
            {
                batch.Release();
                // After a fault of ours: the loop goes on with what waits; members that missed this batch have a hole and catch up.
                if (!isWhole) Loop.DeliverLater(this);
            }
        }
    }

    /// <summary>Lets go of what it does not need while nothing waits. Under the room's gate.</summary>
    public void TrimLocked()
    {
        if (_due is null) _dueBehind = null;
    }

    /// <inheritdoc/>
    public override void Run() => Deliver();

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Batch? batch)
    {
        lock (Room.Gate)
        {
            batch = _due;
            _due = null;
            _dueBehind?.TryDequeue(out _due);
            if (batch is not null) return true;
            _isPlanned = false;
            return false;
        }
    }

    private void Deliver(Batch batch)
    {
        // Answers first, so that a publisher's ack and its own copy leave in one send.
        foreach (ref readonly BatchEntry entry in batch.Entries)
        {
            if (entry.AwaitsAnswer && entry.Publisher is Subscriber publisher && ReferenceEquals(publisher.Loop, Loop))
                publisher.OnPublished(Room, entry.Number, Log.PublicationRecord.Id(batch.RecordOf(entry)), entry.Length);
        }

        if (!batch.HasDeliveries) return;
        // From the end, because a member may be closed on the way, and then the last one takes its place.
        for (int i = _memberCount - 1; i >= 0; i--)
        {
            if (i >= _memberCount) continue;
            Membership member = _members[i];
            member.Subscriber.Deliver(member, batch);
        }
    }
}
