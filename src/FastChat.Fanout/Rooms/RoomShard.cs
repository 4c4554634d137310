// Data plane: no allocation after warm-up. See RoomShardBenchmarks.
using System.Diagnostics;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Fanout.Rooms;

/// <summary>The members that a room has on one loop, and the batches that wait for them.</summary>
/// <remarks>
/// <para>A batch is put here under the room's gate, in the order of its offsets, whichever loop sealed it, and one is given to all members
/// before the next begins, so each loop delivers in order. Delivery may stop after any member and go on in a later visit of the loop.</para>
/// Invariant: a member's <see cref="Membership.Index"/> is its place in the array of members; those below <see cref="_unserved"/> are still to be
/// given the batch at hand, all others have it, or joined after it.
/// </remarks>
internal sealed class RoomShard : LoopWork
{
    private BatchQueue _arrived;            // Guarded by the room's gate, like the next five.
    private bool _isPlanned;
    private bool _isCutOff;
    private long _visitedMs;
    private int _unfinishedCount;
    private int _unfinishedBytes;
    private BatchQueue _begun;              // Answered; the first is at hand. Loop only, like all below.
    private int _unserved;
    private byte _firstNumber;              // Of the batch at hand; they are counted round and round.
    private Membership[] _members = [];
    private int _memberCount;

    public RoomShard(Room room, Loop loop)
    {
        Room = room;
        Loop = loop;
    }

    /// <summary>Whose members.</summary>
    public Room Room { get; }

    /// <summary>Whose loop.</summary>
    public Loop Loop { get; }

    /// <summary>Members. Loop only.</summary>
    public int MemberCount => _memberCount;

    /// <summary>Whether a batch is not delivered to the end, and the loop is to visit again. Loop only.</summary>
    public bool IsDue { get; private set; }

    /// <summary>Batches not delivered to the end. Under the room's gate.</summary>
    public int UnfinishedCountLocked => _unfinishedCount;

    /// <summary>Bytes of the records in them. Under the room's gate.</summary>
    public int UnfinishedBytesLocked => _unfinishedBytes;

    /// <summary>Adds a member, who has all that was handed out so far or is behind. On the loop, under the room's gate.</summary>
    public void Add(Membership membership)
    {
        if (_memberCount == _members.Length) Array.Resize(ref _members, _memberCount + Math.Max(2, _memberCount / 4));
        membership.Index = _memberCount;
        membership.FirstBatch = (byte)(_firstNumber + _unfinishedCount);
        membership.IsNewcomer = _unfinishedCount > 0;
        _members[_memberCount++] = membership;
    }

    /// <summary>Takes a member out; another takes its place, of those that are as far as it is with the batch at hand. On the loop, under the room's gate.</summary>
    public void Remove(Membership membership)
    {
        Debug.Assert(ReferenceEquals(_members[membership.Index], membership));
        int hole = membership.Index;
        if (hole < _unserved)
        {
            Place(_members[--_unserved], hole);
            hole = _unserved;
        }

        Membership last = _members[--_memberCount];
        if (hole < _memberCount) Place(last, hole);
        _members[_memberCount] = null!;
        if (_memberCount < _members.Length / 4) Array.Resize(ref _members, _members.Length / 2);
    }

    /// <summary>Puts a batch at the end of what waits. Under the room's gate, on <paramref name="current"/>.</summary>
    public void EnqueueLocked(Batch batch, Loop current)
    {
        if (_isCutOff && !batch.IsEphemeral && !batch.OwesAnswerOn(Loop)) return;
        if (_unfinishedCount == 0) _visitedMs = current.NowMs;
        batch.Retain();
        _arrived.Enqueue(batch);
        _unfinishedCount++;
        _unfinishedBytes += batch.RecordBytes;
        if (_isPlanned) return;
        _isPlanned = true;
        if (ReferenceEquals(Loop, current)) Loop.DeliverLater(this);
        else Loop.Post(this);
    }

    /// <summary>Lets go of what it does not need while nothing waits. Under the room's gate.</summary>
    public void TrimLocked()
    {
        if (_isPlanned) return;
        _arrived.Trim();
        _begun.Trim();
    }

    /// <summary>
    /// Whether the room goes on without this shard, because its loop has not come by for <paramref name="lagMaxMs"/>: what is published
    /// until it has ended what it has, its members read from the log. Under the room's gate.
    /// </summary>
    public bool CutOffIfStillLocked(long nowMs, long lagMaxMs)
    {
        if (_isCutOff || nowMs - _visitedMs < lagMaxMs) return _isCutOff;
        _isCutOff = true;
        FanoutMetrics.ShardsCutOff.Add(1);
        return true;
    }

    /// <inheritdoc/>
    public override void Run() => Loop.DeliverLater(this);

    /// <summary>Answers publishers of what has arrived, and gives the members what waits, as far as the budget reaches. Loop only.</summary>
    /// <param name="budget">What this visit may cost.</param>
    /// <returns>What it cost. When <see cref="IsDue"/> there is more to do, also if a fault of ours ended the visit.</returns>
    public int Deliver(int budget)
    {
        IsDue = true;
        int spent = 0;
        TakeArrived();
        while (_begun.First is { } batch)
        {
            // Each member counts as a send, though some have a hole or are behind: to pass them over takes time too.
            int cost = TurnBudget.CostOf(batch.RecordBytes);
            if (_unserved > 0 && spent > 0 && spent + cost > budget) return spent;
            int count = Math.Min(_unserved, Math.Max(1, (budget - spent) / cost));
            spent += count * cost;
            Deliver(batch, count);
            if (_unserved > 0) return spent;
            EndFirst();
        }

        return spent;
    }

    /// <summary>Gives one member who is about to leave all that waits for it, answers too, ahead of the others' turn. Loop only.</summary>
    public void DeliverAllTo(Membership membership)
    {
        TakeArrived();
        if (_begun.First is not { } first) return;
        if (membership.Index < _unserved && !first.IsEphemeral) membership.Subscriber.Deliver(membership, first);
        if (_begun.Rest is null) return;
        foreach (Batch batch in _begun.Rest)
        {
            if (!batch.IsEphemeral) membership.Subscriber.Deliver(membership, batch);
        }
    }

    private void Place(Membership membership, int index)
    {
        _members[index] = membership;
        membership.Index = index;
    }

    /// <summary>
    /// Takes over what was handed out. Publishers are answered at once, even while an older batch is under way: the log has theirs. Where
    /// nothing is under way, their acks leave in one send with their own copies.
    /// </summary>
    private void TakeArrived()
    {
        bool hasMore = true;
        while (hasMore)
        {
            Batch? batch;
            lock (Room.Gate)
            {
                _visitedMs = Loop.NowMs;
                if (!_arrived.TryDequeue(out batch)) return;
                hasMore = _arrived.First is not null;
            }

            bool isFirst = _begun.First is null;
            _begun.Enqueue(batch);
            if (isFirst) BeginFirst();
            Answer(batch);
        }
    }

    private void BeginFirst() => _unserved = _begun.First is { HasDeliveries: true } ? _memberCount : 0;

    private void Answer(Batch batch)
    {
        foreach (ref readonly BatchEntry entry in batch.Entries)
        {
            if (entry.AwaitsAnswer && entry.Publisher is Subscriber publisher && ReferenceEquals(publisher.Loop, Loop))
                publisher.OnPublished(Room, entry.Number, Log.PublicationRecord.Id(batch.RecordOf(entry)), entry.Length);
        }
    }

    private void Deliver(Batch batch, int count)
    {
        for (int i = 0; i < count && _unserved > 0; i++)
        {
            // Counted as served before it is: after a fault of ours this goes on with the next; who missed the batch has a hole and catches up.
            Membership member = _members[--_unserved];
            if (!member.IsNewcomer || IsFor(member)) member.Subscriber.Deliver(member, batch);
        }
    }

    /// <summary>Who came while batches waited is given none of them: their publications were in its history, and of their notices it may be the subject.</summary>
    private bool IsFor(Membership newcomer)
    {
        // Fewer than 128 ever wait, and it is asked at each: so the difference tells, though the count wraps round.
        if ((sbyte)(newcomer.FirstBatch - _firstNumber) > 0) return false;
        newcomer.IsNewcomer = false;
        return true;
    }

    /// <summary>The batch at hand has gone to all. What the room gathered meanwhile may go on its way.</summary>
    private void EndFirst()
    {
        _begun.TryDequeue(out Batch? ended);
        _firstNumber++;
        bool wasCutOff = false;
        lock (Room.Gate)
        {
            _unfinishedCount--;
            _unfinishedBytes -= ended!.RecordBytes;
            Room.GoOnIfHeldUpLocked(Loop);
            if (_unfinishedCount == 0)
            {
                _isPlanned = IsDue = false;
                wasCutOff = _isCutOff;
                _isCutOff = false;
            }
        }

        ended.Release();
        if (wasCutOff) TellMissed();
        BeginFirst();
        if (_begun.First is null && IsDue) TakeArrived();
    }

    private void TellMissed()
    {
        for (int i = 0; i < _memberCount; i++) _members[i].Subscriber.MissBatches(_members[i]);
    }
}
