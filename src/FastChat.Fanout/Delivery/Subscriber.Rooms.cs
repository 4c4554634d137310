// Data plane: no allocation after warm-up. See RoomShardBenchmarks.
using System.Diagnostics;
using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Delivery;

/// <summary>The rooms of a connection: delivery, and the one mechanism by which it catches up.</summary>
internal abstract partial class Subscriber
{
    // A page is about what one send moves; larger ones would let one member's past hold up its loop. Rooms that it is behind in share it.
    private const int PageBytesMax = 32 * 1024, PageBytesMin = 2 * 1024;

    private Membership? _memberships;   // Linked through NextOfSubscriber, newest first.
    private int _behindCount;           // Memberships that are behind.
    private bool _isCatchUpPlanned;     // In the loop's queue of those who catch up.

    /// <summary>Rooms that the connection is in.</summary>
    public int RoomCount { get; private set; }

    /// <summary>The room joined first and not left; null when in none.</summary>
    public Membership? FirstJoined
    {
        get
        {
            Membership? last = _memberships;
            while (last?.NextOfSubscriber is not null) last = last.NextOfSubscriber;
            return last;
        }
    }

    /// <summary>The membership in the room of that id; null when not in it.</summary>
    public Membership? FindMembership(ReadOnlySpan<byte> roomId)
    {
        for (Membership? membership = _memberships; membership is not null; membership = membership.NextOfSubscriber)
        {
            if (membership.Room.Id.Ascii.SequenceEqual(roomId)) return membership;
        }

        return null;
    }

    /// <summary>Gives a batch to this member: its bytes, or, where it has a hole, the cursor's turn.</summary>
    internal void Deliver(Membership membership, Batch batch)
    {
        if (IsClosing) return;
        if (batch.IsEphemeral)
        {
            DeliverEphemeral(batch);
            return;
        }

        if (membership.IsBehind || membership.Position >= batch.Last) return;
        SharedBuffer? shared = batch.BytesOf(Form);
        if (membership.Position != batch.First - 1 || shared is null)
        {
            FallBehind(membership);
            CatchUpWhenDrained();
            return;
        }

        if (SendBatch(batch, shared)) membership.Position = batch.Last;
        else OnOutboxFull(membership);
    }

    /// <summary>Its loop stood still, and the room went on without: it is behind, whatever its socket takes.</summary>
    internal void MissBatches(Membership membership)
    {
        if (IsClosing) return;
        FallBehind(membership);
        CatchUpWhenDrained();
    }

    /// <inheritdoc/>
    public abstract void OnPublished(Room room, long offset, ReadOnlySpan<byte> id, int recordBytes);

    /// <summary>This connection does not read as fast as its rooms talk, and the policy is to close it.</summary>
    protected abstract void OnSlowConsumer();

    /// <summary>Links a membership that <see cref="Room.TryJoin"/> made. Both directions of the relation are set there.</summary>
    internal void AddMembership(Membership membership)
    {
        membership.NextOfSubscriber = _memberships;
        _memberships = membership;
        RoomCount++;
        if (membership.IsBehind)
        {
            _behindCount++;
            CatchUpWhenDrained();
        }
    }

    /// <summary>Leaves a room: what it still publishes there is answered first. Returns once neither side knows the other.</summary>
    /// <param name="membership">Of this connection.</param>
    /// <param name="isAbrupt">Whether the connection was lost, so that the person may be back within the grace time.</param>
    protected void LeaveRoom(Membership membership, bool isAbrupt)
    {
        // First, because what is delivered on the way may still make it fall behind.
        membership.Room.Leave(membership, isAbrupt);
        Membership? previous = null;
        for (Membership? current = _memberships; !ReferenceEquals(current, membership); current = current!.NextOfSubscriber) previous = current;
        if (previous is null) _memberships = membership.NextOfSubscriber;
        else previous.NextOfSubscriber = membership.NextOfSubscriber;
        RoomCount--;
        if (membership.IsBehind) _behindCount--;
    }

    /// <summary>Leaves all rooms.</summary>
    protected void LeaveAllRooms(bool isAbrupt)
    {
        while (_memberships is not null) LeaveRoom(_memberships, isAbrupt);
        Debug.Assert(_behindCount == 0 && RoomCount == 0);
    }

    /// <summary>
    /// Sends a page of each room that this connection is behind in, if its socket takes them; what is left goes on when the socket drains,
    /// or after the loop's others. Called by the loop alone.
    /// </summary>
    /// <returns>What it cost, see <see cref="TurnBudget"/>.</returns>
    internal int CatchUp()
    {
        _isCatchUpPlanned = false;
        int cost = 1;
        int pageBytes = Math.Max(PageBytesMin, PageBytesMax / Math.Max(1, _behindCount));
        for (Membership? membership = _memberships; membership is not null && _behindCount > 0; membership = membership.NextOfSubscriber)
        {
            if (IsBlocked || _outbox is not null || IsClosing) return cost;
            if (membership.IsBehind) cost += SendPage(membership, pageBytes);
        }

        if (_behindCount > 0) CatchUpWhenDrained();
        return cost;
    }

    /// <summary>Its room takes nothing more for now: it is to publish no more until all that it did is answered.</summary>
    protected internal virtual void OnRoomFull()
    {
        // Whoever can be held back is.
    }

    private int SendPage(Membership membership, int pageBytes)
    {
        SharedBuffer page = Loop.Buffers.Rent(pageBytes);
        bool reachedHead = membership.Room.ReadPage(membership, page.Writer, pageBytes);
        Deflate(page.Writer, 0, membership.Room.Policy);
        bool taken = page.Length == 0 || TrySend(page);
        Debug.Assert(taken, "A page is only read when nothing waits.");
        int cost = TurnBudget.CostOf(page.Length);
        page.Release();
        if (!reachedHead || IsClosing) return cost;
        membership.IsBehind = false;
        _behindCount--;
        return cost;
    }

    private void DeliverEphemeral(Batch batch)
    {
        // The first to be dropped: a member that is behind in anything gets none of it.
        if (IsBlocked || _outbox is not null)
        {
            FanoutMetrics.EphemeralDropped.Add(1);
            return;
        }

        SharedBuffer? shared = batch.BytesOf(Form);
        if (shared is not null) SendBatch(batch, shared);
    }

    private bool SendBatch(Batch batch, SharedBuffer shared)
    {
        // What is for one alone is not worth the time of compressing it.
        if (batch.IsSpecialFor(this)) return SendOwn(batch, this, shared.Length);
        if (batch.DeflatedBytesMax <= DeflateBytesMax) return TrySend(shared);
        // It holds a compressed message that may refer further back than this peer can look.
        return batch.BytesOf(Form.Plain()) is SharedBuffer plain ? TrySend(plain) : SendOwn(batch, null, shared.Length);
    }

    private bool SendOwn(Batch batch, Subscriber? receiver, int bytes)
    {
        SharedBuffer own = Loop.Buffers.Rent(bytes + 128);
        batch.Encode(own.Writer, Form.Plain(), receiver);
        bool taken = own.Length == 0 || TrySend(own);
        own.Release();
        return taken;
    }

    private void OnOutboxFull(Membership membership)
    {
        FanoutMetrics.SlowConsumer(membership.Room.Policy.SlowConsumer, IsOutboxTooOld);
        if (membership.Room.Policy.SlowConsumer == SlowConsumer.Close) OnSlowConsumer();
        else FallBehind(membership);
    }

    private void FallBehind(Membership membership)
    {
        if (membership.IsBehind) return;
        membership.IsBehind = true;
        _behindCount++;
    }

    private void CatchUpWhenDrained()
    {
        if (!IsBlocked && _outbox is null) PlanCatchUp();
    }

    private void PlanCatchUp()
    {
        if (_isCatchUpPlanned) return;
        _isCatchUpPlanned = true;
        Loop.CatchUpLater(this);
    }
}
