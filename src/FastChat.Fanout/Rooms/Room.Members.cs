using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Loops;

namespace FastChat.Fanout.Rooms;

/// <summary>Coming and going, and the reading of the log: history, and the pages of a member that catches up.</summary>
internal sealed partial class Room
{
    // History answers the join in one message; what does not fit follows in pages.
    private const int HistoryBytesMax = 256 * 1024;

    /// <summary>Makes <paramref name="subscriber"/> a member and answers it with history, on its control lane.</summary>
    /// <returns>False when the room has just vanished: look it up again.</returns>
    public bool TryJoin(Subscriber subscriber, in JoinRequest request)
    {
        Membership membership;
        HistoryAnswer answer;
        lock (Gate)
        {
            if (_isRetired) return false;
            SkipUsedOffsetsLocked(request);
            RoomShard shard = ShardForLocked(subscriber.Loop);
            membership = new Membership(subscriber, shard, 0);
            shard.Add(membership);
            _directory.CountMembership(1);
            _formCounts[(int)subscriber.Form]++;
            EnterLocked(subscriber);
            answer = AnswerJoinLocked(membership, request);
        }

        Deflate(subscriber, answer);
        // A client that left and came back may still have publications of this room ahead of it.
        subscriber.KeepControlBehindData();

        subscriber.AddMembership(membership);
        return true;
    }

    /// <summary>Answers a join of a room that the connection is in already: its position stays, nothing is sent twice.</summary>
    public void AnswerRepeatedJoin(Membership membership, in JoinRequest request)
    {
        Subscriber subscriber = membership.Subscriber;
        // What lies between another position and this one may have been given before this membership, or not at all.
        bool isAtPosition = request.HasSince && request.SinceOffset == membership.Position && request.SinceEpoch.SequenceEqual(RoomEpoch.Text(in _epoch));
        HistoryHead head = new()
        {
            Id = request.Id, Room = Id.Ascii, Epoch = RoomEpoch.Text(in _epoch), Offset = membership.Position,
            Recovered = isAtPosition, More = membership.IsBehind,
            You = subscriber.Person!.Name, Key = request.Key,
        };
        WriteHistory(subscriber, head, 1);
        subscriber.KeepControlBehindData();
    }

    /// <summary>
    /// Takes a member out. If its connection stays, what it published is answered before, and it is given what was handed out.
    /// Called by the subscriber, which unlinks its side afterwards.
    /// </summary>
    internal void Leave(Membership membership, bool isAbrupt)
    {
        Subscriber subscriber = membership.Subscriber;
        RoomShard shard = membership.Shard;
        if (!subscriber.IsClosing)
        {
            TryDrain(subscriber.Loop, leaving: subscriber);
            shard.DeliverAllTo(membership);
        }

        lock (Gate)
        {
            shard.Remove(membership);
            if (shard.MemberCount == 0) RemoveShardLocked(shard);
            _directory.CountMembership(-1);
            _formCounts[(int)subscriber.Form]--;
            ExitLocked(subscriber, isAbrupt);
            RetireIfEmptyLocked();
        }
    }

    /// <summary>Answers a request for older messages.</summary>
    /// <param name="subscriber">Who asks; a member.</param>
    /// <param name="id">The id of the request; empty when none.</param>
    /// <param name="before">Only offsets below this; 0: from the newest on.</param>
    /// <param name="limit">Most messages; -1: as many as the policy gives.</param>
    public void AnswerHistory(Subscriber subscriber, ReadOnlySpan<byte> id, long before, int limit)
    {
        HistoryAnswer answer;
        lock (Gate)
        {
            long to = before > 0 ? Math.Min(before - 1, _head) : _head;
            long from = FirstOfNewestLocked(to, LimitOf(limit));
            HistoryHead head = new()
            {
                Id = id, Room = Id.Ascii, Epoch = RoomEpoch.Text(in _epoch), Offset = _head, More = from > FirstHeldLocked,
                MessageCount = (int)Math.Max(0, to - from + 1),
            };
            answer = WriteHistory(subscriber, head, from);
        }

        Deflate(subscriber, answer);
    }

    /// <summary>Appends a cursor's next page, framed, and moves its position. What the log no longer holds, or the policy skips, is told as a gap.</summary>
    /// <returns>True when the position is the room's newest: the member is live again.</returns>
    internal bool ReadPage(Membership membership, ByteWriter output, int bytesMax)
    {
        Subscriber subscriber = membership.Subscriber;
        lock (Gate)
        {
            long from = membership.Position + 1;
            bool isSkip = Policy.SlowConsumer == SlowConsumer.Skip && membership.HasBeenLive;
            long available = isSkip ? _head + 1 : Math.Max(from, FirstHeldLocked);
            if (available > from && _head >= from)
            {
                FanoutMetrics.Gap(isSkip);
                WriteGap(output, subscriber.Form, from, Math.Min(available - 1, _head));
                from = available;
            }

            while (from <= _head && output.Length < bytesMax)
            {
                WriteMsg(output, subscriber, from);
                from++;
            }

            membership.Position = from - 1;
            membership.HasBeenLive |= membership.Position >= _head;
            return membership.Position >= _head;
        }
    }

    private long FirstHeldLocked => _log?.First ?? _head + 1;

    private int LimitOf(int limit) => limit < 0 ? Policy.HistoryMax : Math.Min(limit, Math.Max(Policy.HistoryMax, 0));

    /// <summary>
    /// A room that begins anew, after a restart, must not give an offset that a client has seen before: (room, offset) is used once.
    /// Believed only by a room without messages, and only below a bound, so that nobody can use up the numbers.
    /// </summary>
    private void SkipUsedOffsetsLocked(in JoinRequest request)
    {
        const long BelievedMax = 1L << 48;
        if (_log is not null || !request.HasSince || request.SinceOffset <= _head || request.SinceOffset > BelievedMax) return;
        if (!request.SinceEpoch.SequenceEqual(RoomEpoch.Text(in _epoch))) _head = request.SinceOffset;
    }

    private HistoryAnswer AnswerJoinLocked(Membership membership, in JoinRequest request)
    {
        bool isSameEpoch = request.HasSince && request.SinceEpoch.SequenceEqual(RoomEpoch.Text(in _epoch));
        bool isKnown = isSameEpoch && request.SinceOffset <= _head;
        int limit = LimitOf(request.Limit);
        // A known position goes on from there, or from the oldest that is held; all others get the newest messages.
        long from = isKnown ? Math.Max(request.SinceOffset + 1, FirstHeldLocked) : FirstOfNewestLocked(_head, limit);
        long to = isKnown ? LastOfPageLocked(from, limit) : _head;
        bool recovered = isKnown && from == request.SinceOffset + 1;
        membership.Position = to;
        membership.IsBehind = to < _head;
        membership.HasBeenLive = to >= _head;
        HistoryHead head = new()
        {
            Id = request.Id, Room = Id.Ascii, Epoch = RoomEpoch.Text(in _epoch), Offset = to, Recovered = recovered,
            More = isKnown ? to < _head : from > FirstHeldLocked,
            You = membership.Subscriber.Person!.Name, Key = request.Key, MessageCount = (int)Math.Max(0, to - from + 1),
        };
        return WriteHistory(membership.Subscriber, head, from);
    }

    /// <summary>The oldest offset such that it and all up to <paramref name="to"/> are held, at most <paramref name="limit"/>, and fit into one answer.</summary>
    private long FirstOfNewestLocked(long to, int limit)
    {
        long from = to + 1;
        for (int bytes = 0; limit > 0 && from > FirstHeldLocked; limit--)
        {
            bytes += _log![from - 1].Length;
            if (bytes > HistoryBytesMax && from <= to) break;
            from--;
        }

        return from;
    }

    private long LastOfPageLocked(long from, int limit)
    {
        long to = from - 1;
        for (int bytes = 0; limit > 0 && to < _head; limit--)
        {
            bytes += _log![to + 1].Length;
            if (bytes > HistoryBytesMax && to >= from) break;
            to++;
        }

        return to;
    }

    private HistoryAnswer WriteHistory(Subscriber subscriber, in HistoryHead head, long from)
    {
        ByteWriter output = subscriber.Control;
        IMessageEncoder encoder = WireForms.EncoderOf(subscriber.Form);
        int start = FrameWriter.Begin(output, subscriber.Form);
        encoder.BeginHistory(output, head);
        // The key is in front of what others have written.
        int secretBytes = head.Key.IsEmpty ? 0 : FrameWriter.PayloadBytes(output, start);
        for (int i = 0; i < head.MessageCount; i++)
        {
            ReadOnlySpan<byte> record = _log![from + i];
            Publication publication = PublicationRecord.Read(record, Id.Ascii, RoomEpoch.Text(in _epoch), from + i);
            encoder.WriteHistoryEntry(output, i, publication, withId: IsAuthor(subscriber, record));
        }

        encoder.EndHistory(output, head);
        FrameWriter.End(output, subscriber.Form, start);
        return new HistoryAnswer(start, secretBytes);
    }

    /// <summary>Outside of the gate, for it takes long.</summary>
    private void Deflate(Subscriber subscriber, HistoryAnswer answer) => subscriber.Deflate(subscriber.Control, answer.Start, Policy, answer.SecretBytes);

    private void WriteMsg(ByteWriter output, Subscriber subscriber, long offset)
    {
        ReadOnlySpan<byte> record = _log![offset];
        int start = FrameWriter.Begin(output, subscriber.Form);
        Publication publication = PublicationRecord.Read(record, Id.Ascii, RoomEpoch.Text(in _epoch), offset);
        WireForms.EncoderOf(subscriber.Form).WriteMsg(output, publication, withId: IsAuthor(subscriber, record));
        FrameWriter.End(output, subscriber.Form, start);
    }

    private void WriteGap(ByteWriter output, WireForm form, long from, long to)
    {
        int start = FrameWriter.Begin(output, form);
        WireForms.EncoderOf(form).WriteGap(output, Id.Ascii, RoomEpoch.Text(in _epoch), from, to);
        FrameWriter.End(output, form, start);
    }

    private static bool IsAuthor(Subscriber subscriber, ReadOnlySpan<byte> record) => subscriber.Person?.Id == PublicationRecord.Author(record);

    private RoomShard ShardForLocked(Loop loop)
    {
        if (loop.Index >= _shards.Length) Array.Resize(ref _shards, loop.Index + 1);
        return _shards[loop.Index] ??= new RoomShard(this, loop);
    }

    private void RemoveShardLocked(RoomShard shard)
    {
        _shards[shard.Loop.Index] = null;
        if (_formCounts.Total == 1) _shards = []; // The member that is just leaving was the last of all.
        GoOnIfHeldUpLocked(shard.Loop); // What still waits there waits for nobody.
    }

    /// <summary>A page of history on a control lane.</summary>
    /// <param name="Start">Where its frame begins.</param>
    /// <param name="SecretBytes">Bytes at the beginning of its message that hold the guest key.</param>
    private readonly record struct HistoryAnswer(int Start, int SecretBytes);
}
