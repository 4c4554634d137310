using System.Globalization;
using System.Text;
using System.Buffers.Text;
using FastChat.Codec.Messages;
using FastChat.Swarm.Connections;
using FastChat.Swarm.Measures;

namespace FastChat.Swarm;

/// <content>Publishing, and what the gateway says.</content>
internal sealed partial class SwarmLoop
{
    private readonly Dictionary<long, PendingPublish> _pending = [];
    private readonly List<long> _expired = [];
    private long _lastId;
    private int _nextPublisher;
    private long _heard;
    private long _nextExpiry;

    /// <summary>Deliveries since the start; from any thread.</summary>
    public long Heard => Interlocked.Read(ref _heard);

    /// <summary>Publishes through the next publisher that has joined.</summary>
    /// <param name="token">Which connection; null: the next of the publishers.</param>
    /// <param name="intendedAt">When it was to be sent, by <see cref="Clock"/>.</param>
    /// <param name="source">Told the outcome.</param>
    public void Publish(int? token, long intendedAt, TaskCompletionSource<PublishOutcome> source)
    {
        SwarmConnection? connection = token is int one ? _connections[one] : NextPublisher();
        if (connection is not { State: SwarmState.Joined })
        {
            source.SetResult(new PublishOutcome("not joined", 0));
            return;
        }
        long id = ++_lastId;
        _pending.Add(id, new PendingPublish(connection, intendedAt, source));
        _counts.Published++;
        _counts.SendLag.Record(Clock.Now - intendedAt);
        SwarmText.SetTime(_text, intendedAt);
        Send(connection, _frames.Publish(connection.Room, id, _text));
    }

    public bool OnMessage(bool isText, Span<byte> payload)
    {
        ReadOnlySpan<byte> left = payload;
        while (left.Length > 0 && _current.State is SwarmState.Joining or SwarmState.Joined)
        {
            int consumed = left.Length;
            ServerMessage message;
            if (!(isText ? JsonServerReader.TryRead(left, out message) : ServerMessageReader.TryRead(left, out message, out consumed)))
            {
                Lose(_current, "unreadable message");
                return false;
            }
            left = left[consumed..];
            Take(_current, message, isText);
        }
        return _current.State is SwarmState.Joining or SwarmState.Joined;
    }

    public void OnPing(ReadOnlySpan<byte> payload) => Send(_current, _frames.Pong(payload));

    public void OnPong(ReadOnlySpan<byte> payload) { }

    public void OnClose(ushort code, ReadOnlySpan<byte> reason) =>
        _current.CloseName = string.Create(CultureInfo.InvariantCulture, $"{code} {Encoding.UTF8.GetString(reason)}");

    private void Feed(SwarmConnection connection, Span<byte> bytes)
    {
        if (connection.State == SwarmState.Upgrading)
        {
            OnHead(connection, bytes);
            return;
        }
        CloseReason failure = _options.Target.Form == WireForm.MessagePackTcp
            ? connection.Tcp.Receive(bytes, Limits.MessageBytesMax, this, out _)
            : connection.WebSocket.Receive(bytes, Limits, this, out _);
        if (failure != CloseReason.None) Lose(connection, $"framing: {failure}");
    }

    private void Take(SwarmConnection connection, in ServerMessage message, bool isText)
    {
        switch (message.Type)
        {
            case MessageType.Msg when message.Offset > 0:
                TakeDelivery(connection, message.Epoch, message.Offset, message.Text);
                break;
            case MessageType.Position:
                Advance(connection, message.Epoch, message.Offset);
                break;
            case MessageType.Gap:
                _counts.Gaps++;
                _counts.GapOffsets += message.To - message.From + 1;
                connection.MetPolicy |= connection.StopsReading;
                if (Advance(connection, message.Epoch, message.From)) connection.Offset = message.To;
                break;
            case MessageType.History when connection.State == SwarmState.Joining:
                TakeJoined(connection, message, isText);
                break;
            case MessageType.Ack:
                if (Settle(message.Id, out PendingPublish publish)) TakeAck(publish, message.Offset);
                break;
            case MessageType.Error:
                TakeRefusal(connection, message);
                break;
            case MessageType.Close:
                connection.CloseName = Encoding.UTF8.GetString(message.CloseName);
                break;
            case MessageType.Ping:
                Send(connection, _frames.Pong(default));
                break;
            case MessageType.Join or MessageType.Leave or MessageType.Presence or MessageType.Typing:
                _counts.Notices++;
                break;
        }
    }

    private void TakeDelivery(SwarmConnection connection, ReadOnlySpan<byte> epoch, long offset, ReadOnlySpan<byte> text)
    {
        Advance(connection, epoch, offset);
        _counts.Deliveries++;
        Interlocked.Increment(ref _heard);
        if (!SwarmText.TryGetTime(text, out long sentAt)) return;
        // What was said while a connection was away, or did not read, says nothing of how fast the gateway delivers.
        if (connection.State != SwarmState.Joined || connection.StopsReading || sentAt < connection.JoinedAt) _counts.CaughtUp++;
        else _counts.DeliveryLatency.Record(_now - sentAt);
    }

    /// <summary>Moves the position and counts what order and completeness forbid.</summary>
    /// <returns>Whether it moved.</returns>
    private bool Advance(SwarmConnection connection, ReadOnlySpan<byte> epoch, long offset)
    {
        if (!epoch.SequenceEqual(connection.Epoch))
        {
            // An epoch begins with a join; in the middle of a connection nobody said what was missed.
            _counts.Lost++;
            connection.Epoch = connection.Room.Intern(epoch);
        }
        else if (offset <= connection.Offset)
        {
            _counts.Disordered++;
            return false;
        }
        else
        {
            _counts.Lost += offset - connection.Offset - 1;
        }
        connection.Offset = offset;
        return true;
    }

    private void TakeJoined(SwarmConnection connection, in ServerMessage answer, bool isText)
    {
        if (!answer.Key.IsEmpty && !answer.Key.SequenceEqual(connection.Key)) connection.Key = answer.Key.ToArray();
        bool isResumed = connection.Epoch is not null && answer.Epoch.SequenceEqual(connection.Epoch) && answer.Offset >= connection.Offset;
        if (isResumed)
        {
            if (answer.Recovered) _counts.Recovered++;
            else TellMissed(connection, answer, isText);
            TakePage(connection, answer.Messages, isText);
            if (connection.Offset != answer.Offset) _counts.Lost += Math.Abs(answer.Offset - connection.Offset);
        }
        else if (connection.Epoch is not null)
        {
            _counts.NotRecovered++;
        }
        connection.Epoch = connection.Room.Intern(answer.Epoch);
        connection.Offset = answer.Offset;
        OnJoined(connection);
    }

    /// <summary>The log no longer reached back to the position: what lies before the first message given will not come, and was told so.</summary>
    private void TellMissed(SwarmConnection connection, in ServerMessage answer, bool isText)
    {
        ReadOnlySpan<byte> messages = answer.Messages;
        long first = TryReadPublication(ref messages, isText, out ServerMessage oldest) ? oldest.Offset : answer.Offset + 1;
        _counts.Gaps++;
        _counts.GapOffsets += first - connection.Offset - 1;
        connection.Offset = first - 1;
    }

    private void TakePage(SwarmConnection connection, ReadOnlySpan<byte> messages, bool isText)
    {
        while (TryReadPublication(ref messages, isText, out ServerMessage message))
            TakeDelivery(connection, message.Epoch, message.Offset, message.Text);
    }

    private static bool TryReadPublication(ref ReadOnlySpan<byte> messages, bool isText, out ServerMessage message)
    {
        if (isText) return JsonServerReader.TryReadPublication(ref messages, out message);
        bool isThere = ServerMessageReader.TryRead(messages, out message, out int consumed) && message.Type == MessageType.Msg;
        messages = messages[consumed..];
        return isThere;
    }

    private void TakeAck(in PendingPublish publish, long offset)
    {
        publish.Connection.Room.Acked(offset);
        _counts.Acked++;
        _counts.AckLatency.Record(_now - publish.IntendedAt);
        publish.Source.SetResult(new PublishOutcome("", offset));
    }

    private void TakeRefusal(SwarmConnection connection, in ServerMessage refusal)
    {
        string code = Encoding.UTF8.GetString(refusal.ErrorName);
        if (connection.State == SwarmState.Joining)
        {
            Lose(connection, $"join: {code}");
            return;
        }
        _counts.Fail($"refused: {code}");
        if (Settle(refusal.Id, out PendingPublish publish)) publish.Source.SetResult(new PublishOutcome(code, 0));
    }

    private bool Settle(ReadOnlySpan<byte> id, out PendingPublish publish)
    {
        publish = default;
        return Utf8Parser.TryParse(id, out long number, out int consumed) && consumed == id.Length && _pending.Remove(number, out publish);
    }

    private SwarmConnection? NextPublisher()
    {
        for (int i = 0; i < _publisherCount; i++)
        {
            SwarmConnection connection = _connections[_nextPublisher++ % _publisherCount];
            if (_nextPublisher == int.MaxValue) _nextPublisher = 0;
            if (connection is { State: SwarmState.Joined, StopsReading: false }) return connection;
        }
        return null;
    }

    private void ExpirePublishes()
    {
        if (_now < _nextExpiry) return;
        _nextExpiry = _now + 500_000;
        long oldest = _now - (long)_options.PublishTimeout.TotalMicroseconds;
        foreach ((long id, PendingPublish publish) in _pending)
        {
            if (publish.IntendedAt < oldest || publish.Connection.State != SwarmState.Joined) _expired.Add(id);
        }
        foreach (long id in _expired)
        {
            if (!_pending.Remove(id, out PendingPublish publish)) continue;
            string code = publish.Connection.State == SwarmState.Joined ? "no ack in time" : "connection lost";
            _counts.Fail($"publish: {code}");
            publish.Source.SetResult(new PublishOutcome(code, 0));
        }
        _expired.Clear();
    }

    private readonly record struct PendingPublish(SwarmConnection Connection, long IntendedAt, TaskCompletionSource<PublishOutcome> Source);
}

/// <summary>How a publish ended.</summary>
/// <param name="Fault">Why it failed: an error code of the gateway, or what became of it; empty when it was acked.</param>
/// <param name="Offset">The offset that it got.</param>
internal readonly record struct PublishOutcome(string Fault, long Offset)
{
    /// <summary>Whether the gateway acked it.</summary>
    public bool IsAcked => Fault.Length == 0;
}
