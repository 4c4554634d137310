using FastChat.Client.Connections;
using FastChat.Client.Messages;
using FastChat.Codec.Messages;

namespace FastChat.Client.Rooms;

internal sealed partial class Subscription
{
    /// <summary>The log has a publication. The position stays: acks overtake deliveries.</summary>
    public void Acked(Incoming.Ack ack) => _outbox.Settle(ack.Id, ack.Position);

    /// <summary>The answer to the join, if it is that.</summary>
    public void Answered(Incoming.History history)
    {
        if (history.Id != _joinId || _live is not null || _phase != Phase.Joining || _session.Connection is not Connection connection) return;
        SetTimer(default, null);
        _phase = Phase.Joined;
        _live = connection;
        _session.Identified(history.User, history.Key);

        Position? since = _asked;
        RoomJoined joined = new(
            _room, history.Position, history.Recovered, history.More, since, _session.User, _session.Key, since is null ? history.Messages : []);
        _session.Events.Add(joined);
        if (since is Position resumed)
        {
            if (!history.Recovered) TellLoss(history, resumed);
            foreach (ChatMessage message in history.Messages) Deliver(message);
            MoveTo(history.Position);
        }
        else
        {
            foreach (ChatMessage message in history.Messages) SettleOwn(message);
            Position = history.Position;
        }
        if (_joined.TrySetResult(joined)) _session.WaitCount--;
        GoOnSending(connection, caughtUp: since is null || !history.More);
    }

    /// <summary>Somebody came or went; one's own leaving is the answer to the leave.</summary>
    public void Noticed(Incoming.Notice notice)
    {
        if (notice.Type == MessageType.Join)
        {
            _session.Events.Add(new JoinNotice(_room, notice.User, notice.Timestamp));
            return;
        }
        _session.Events.Add(new LeaveNotice(_room, notice.User, notice.Timestamp));
        if (_phase == Phase.Leaving && notice.User == _session.User) End(FastChatError.NotJoined, "The room was left");
    }

    /// <summary>A publication of the room came.</summary>
    public void Received(ChatMessage message)
    {
        if (_live is null) return;
        Deliver(message);
        CheckHead();
    }

    /// <summary>A position came in place of a message of one's own.</summary>
    public void Received(Incoming.PositionOnly moved)
    {
        if (_live is null) return;
        if (MoveTo(moved.Position)) _session.Events.Add(new PositionMoved(_room, moved.Position));
        CheckHead();
    }

    /// <summary>The gateway names publications that will not come.</summary>
    public void Received(Incoming.Gap gap)
    {
        if (_live is null || Position is not Position position) return;
        bool sameEpoch = gap.Epoch == position.Epoch;
        if (sameEpoch && gap.To <= position.Offset) return; // Told already.
        long from = sameEpoch ? position.Offset + 1 : gap.From;
        Position = new Position(gap.Epoch, gap.To);
        _session.Events.Add(new GapDetected(_room, gap.Epoch, from, gap.To));
        CheckHead();
    }

    private void Deliver(ChatMessage message)
    {
        SettleOwn(message);
        if (message.Position is not Position position || MoveTo(position)) _session.Events.Add(new MessageReceived(message));
    }

    /// <summary>A message of one's own that comes back is stored, acked or not.</summary>
    private void SettleOwn(ChatMessage message)
    {
        if (message.Id is not null && message.Position is Position position) _outbox.Settle(message.Id, position);
    }

    /// <summary>Moves the position to a delivery, and tells the hole before it if there is one.</summary>
    /// <returns>False: it was there already.</returns>
    private bool MoveTo(Position to)
    {
        if (Position is Position from)
        {
            if (to.Epoch != from.Epoch) _session.Events.Add(new GapDetected(_room, from.Epoch, from.Offset + 1, To: null));
            else if (to.Offset <= from.Offset) return false;
            else if (to.Offset > from.Offset + 1) _session.Events.Add(new GapDetected(_room, to.Epoch, from.Offset + 1, to.Offset - 1));
        }
        Position = to;
        return true;
    }

    /// <summary>
    /// A resume that did not recover: everything between the position and what the answer brings may be lost. How much that is can be
    /// said only within one epoch. A position beyond the log was none; the log's own takes its place.
    /// </summary>
    private void TellLoss(Incoming.History history, Position since)
    {
        long before = history.Messages.Count > 0 && history.Messages[0].Position is Position first ? first.Offset - 1 : history.Position.Offset;
        bool isKnown = history.Position.Epoch == since.Epoch && before > since.Offset;
        Position = new Position(history.Position.Epoch, before);
        _session.Events.Add(new GapDetected(_room, since.Epoch, since.Offset + 1, isKnown ? before : null));
    }

    /// <summary>Publishes what waits; what is in doubt only once the room is caught up with where its log ends now.</summary>
    private void GoOnSending(Connection connection, bool caughtUp)
    {
        if (caughtUp || !_outbox.IsUncertain)
        {
            _outbox.Open(connection.Outgoing);
            return;
        }
        _session.RequestHead(connection, _room, head =>
        {
            if (_live != connection) return;
            // Not told: sends, the gateway knows repeated ids.
            _head = head ?? Position;
            CheckHead();
        });
    }

    private void CheckHead()
    {
        if (_head is not Position head || _live is not Connection connection) return;
        if (Position is Position position && position.Epoch == head.Epoch && position.Offset < head.Offset) return;
        _head = null;
        _outbox.Open(connection.Outgoing);
    }
}
