using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Presence;

/// <summary>
/// What a room tells without keeping it: typing, notices, counts, ephemeral publications. At most one send an interval, the first at once;
/// of what gathers between, the newest of its kind is kept. Guarded by the room's gate; the deadline is the planning loop's.
/// </summary>
internal sealed class EphemeralLane : TimerNode
{
    private const int EntriesMax = 256;
    private const int RecordBytesMax = 64 * 1024;

    // A count goes to every member, whenever one of them moves: in a room of thousands whose clients all come back, counts alone would
    // be more sends than all else. So a room of n times this many is told n times as seldom.
    private const int MembersPerCountInterval = 100;
    private const int CountIntervalMaxMs = 5_000;

    private readonly Room _room;
    private readonly long _intervalMs;
    private Batch? _open;
    private Loop? _plannedOn;
    private long _nextSendMs;
    private long _nextCountMs;
    private bool _tellsCount;

    public EphemeralLane(Room room, TimeSpan interval)
    {
        _room = room;
        _intervalMs = (long)interval.TotalMilliseconds;
    }

    /// <summary>Whether something waits to be sent.</summary>
    public bool IsPlanned => _plannedOn is not null;

    /// <summary>Whether nothing would be lost with it: nothing waits, and what comes next may go at once.</summary>
    public bool IsAtRest(long nowMs) => _plannedOn is null && _open is null && nowMs >= Math.Max(_nextSendMs, _nextCountMs);

    /// <summary>Whether it is the turn of what waits, on this loop.</summary>
    public bool IsDueOn(Loop loop) => ReferenceEquals(_plannedOn, loop) && loop.NowMs >= _nextSendMs;

    /// <summary>Adds typing or a notice; what it supersedes goes.</summary>
    public void Add(in BatchEntry entry, Loop loop)
    {
        Batch open = Open();
        if (!Supersede(open, entry)) open.Add(entry);
        Plan(loop);
    }

    /// <summary>Adds a publication; an earlier one of the same author and kind goes.</summary>
    public void Add(in BatchEntry entry, in Publication publication, Loop loop)
    {
        Batch open = Open();
        Span<BatchEntry> entries = open.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Kind != BatchEntryKind.Msg || entries[i].Author?.Id != entry.Author?.Id) continue;
            ReadOnlySpan<byte> kind = PublicationRecord.Read(open.RecordOf(entries[i]), default, default, 0).Kind;
            if (!kind.SequenceEqual(publication.Kind)) continue;
            open.RemoveAt(i);
            break;
        }

        MakeRoom(open, PublicationRecord.LengthOf(publication));
        open.Add(entry, publication);
        Plan(loop);
    }

    /// <summary>Tells how many are present in place of who came and went.</summary>
    public void TellCount(Loop loop)
    {
        _tellsCount = true;
        Plan(loop);
    }

    /// <summary>What gathered, owned by the caller; null when all of it cancelled out.</summary>
    public Batch? Take(Loop loop, long version, int count)
    {
        // It may be taken along by a drain just before its deadline; the next deadline may be another loop's.
        loop.Timers.Cancel(this);
        _plannedOn = null;
        _nextSendMs = loop.NowMs + _intervalMs;
        if (_tellsCount && loop.NowMs >= _nextCountMs)
        {
            Open().Add(new BatchEntry { Kind = BatchEntryKind.Count, Number = version, Start = count });
            _tellsCount = false;
            long countIntervalMs = Math.Min(CountIntervalMaxMs, _intervalMs * (1 + (count / MembersPerCountInterval)));
            _nextCountMs = loop.NowMs + Math.Max(countIntervalMs, _intervalMs);
        }

        Batch? taken = _open;
        _open = null;
        if (_tellsCount) Plan(loop); // Looked at again after an interval: until then something else may be told.
        if (taken is null || !taken.Entries.IsEmpty) return taken;
        taken.Release();
        return null;
    }

    protected internal override void OnTimer()
    {
        lock (_room.Gate) _plannedOn?.DrainLater(_room);
    }

    private Batch Open()
    {
        _open ??= _room.RentEphemeralBatch();
        if (_open.Entries.Length >= EntriesMax)
        {
            _open.RemoveAt(0);
            FanoutMetrics.EphemeralOverflow.Add(1);
        }

        return _open;
    }

    /// <summary>The oldest publications go first, so that the newest of a kind is always among those sent.</summary>
    private static void MakeRoom(Batch open, int recordBytes)
    {
        for (int i = 0; i < open.Entries.Length && open.RecordBytes > 0 && open.RecordBytes + recordBytes > RecordBytesMax;)
        {
            if (open.Entries[i].Kind != BatchEntryKind.Msg)
            {
                i++;
                continue;
            }

            open.RemoveAt(i);
            FanoutMetrics.EphemeralOverflow.Add(1);
        }
    }

    /// <returns>True when nothing is to be added: the entry cancelled an opposite one.</returns>
    private static bool Supersede(Batch open, in BatchEntry entry)
    {
        bool isTyping = entry.Kind is BatchEntryKind.TypingOn or BatchEntryKind.TypingOff;
        Span<BatchEntry> entries = open.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Kind is BatchEntryKind.Msg or BatchEntryKind.Count) continue;
            // By name: a guest who goes and comes back without their key is a new person, but nobody in the room could tell.
            if (!entries[i].Author!.FoldedName.SequenceEqual(entry.Author!.FoldedName)) continue;
            bool otherIsTyping = entries[i].Kind is BatchEntryKind.TypingOn or BatchEntryKind.TypingOff;
            if (isTyping != otherIsTyping) continue;
            bool cancels = !isTyping && entries[i].Kind != entry.Kind;
            open.RemoveAt(i);
            return cancels;
        }

        return false;
    }

    private void Plan(Loop loop)
    {
        if (_plannedOn is not null) return;
        _plannedOn = loop;
        long waitMs = _nextSendMs - loop.NowMs;
        if (waitMs <= 0) loop.DrainLater(_room);
        else loop.Timers.Schedule(this, TimerWheel.TicksOf(TimeSpan.FromMilliseconds(waitMs)));
    }
}
