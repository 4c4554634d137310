using System.Globalization;
using FastChat.Client.Connections;
using FastChat.Client.Events;
using FastChat.Client.Messages;
using FastChat.Client.Rooms;

namespace FastChat.Client.Sessions;

/// <summary>
/// What a client wants and waits for, over any number of connections: its rooms, unanswered publishes and requests, and who it is.
/// Does no I/O and never waits. Thread-safe: everything happens inside one gate, in which nothing of the application runs.
/// </summary>
internal sealed class ClientSession
{
    private readonly Lock _gate = new();
    private readonly string _idPrefix;
    private long _idCount; // Interlocked.
    private string? _keyToKeep; // Interlocked.
    // Guarded by _gate, all that follow.
    private readonly Dictionary<string, Subscription> _rooms = new(StringComparer.Ordinal);
    private readonly Requests _requests;
    private bool _isOver;
    private FastChatException? _ended = new(FastChatError.Closed, "Not connected: call ConnectAsync first."); // Null between Begin and End.

    public ClientSession(FastChatClientOptions options, EventBuffer events)
    {
        Options = options;
        Events = events;
        Budget = new Budget(options.PublishesMax, options.PublishBytesMax);
        User = options.User;
        Key = options.Key ?? (options.User is null ? null : options.KeyFile?.Find(options.Uri, options.User));
        _requests = new Requests(this);
        _idPrefix = $"{options.Random.NextInt64():x16}-";
    }

    public FastChatClientOptions Options { get; }

    public EventBuffer Events { get; }

    /// <summary>Guarded by the gate.</summary>
    public Budget Budget { get; }

    /// <summary>The open connection. Guarded by the gate.</summary>
    public Connection? Connection { get; private set; }

    /// <summary>Display name, as the gateway writes it once a room is joined.</summary>
    public string? User { get; private set; }

    /// <summary>Guest key, once known.</summary>
    public string? Key { get; private set; }

    /// <summary>Joins and leaves that somebody waits for. Guarded by the gate.</summary>
    public int WaitCount { get; set; }

    /// <summary>Sets a failure whose task perhaps nobody awaits.</summary>
    public static void Fail<T>(TaskCompletionSource<T> source, FastChatException error)
    {
        if (source.TrySetException(error)) _ = source.Task.Exception;
    }

    // ---- what the application asks ----

    /// <summary>Commands are taken from now on.</summary>
    public void Begin() => Guarded(() =>
    {
        if (!_isOver) _ended = null;
    });

    /// <summary>Joins, or says how the room is joined already.</summary>
    public async Task<RoomJoined> JoinAsync(string room, Position? since, int? limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Subscription subscription = Guarded(() => FindOrBegin(room, since, limit));
            if (!subscription.IsLeaving) return await subscription.Joined.WaitAsync(cancellationToken).ConfigureAwait(false);
            await subscription.Left.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task LeaveAsync(string room) => Guarded(() =>
    {
        if (!_rooms.TryGetValue(room, out Subscription? subscription)) return Task.CompletedTask;
        subscription.Leave(Connection);
        return subscription.Left;
    });

    public Task<PublishAck> Publish(string room, OutgoingMessage message, CancellationToken cancellationToken)
    {
        string id = message.Id ?? NextId();
        byte[] encoded = OutgoingEncoder.Encode(room, id, message, Options.MessageBytesMax);
        return Guarded(() =>
        {
            Subscription subscription = Find(room);
            if (!message.Ephemeral) return subscription.Publish(id, encoded, cancellationToken);

            // It is not kept, so it is not sent again either: a question like any other, whose answer is the ack.
            Connection connection = Live(subscription, room, FastChatError.NotSent);
            return AckedAsync(_requests.Ask(connection, room, id, encoded), room, id).WaitAsync(cancellationToken);
        });
    }

    /// <summary>Does nothing while the room is not joined or the connection takes no more.</summary>
    public void Typing(string room, bool on) => Guarded(() =>
    {
        Outgoing? outgoing = Find(room).Live?.Outgoing;
        if (outgoing is not null && outgoing.WaitingBytes <= Options.PublishBytesMax) outgoing.Add(Wire.Typing(room, on));
    });

    public Task<Incoming> AskPresence(string room, string? cursor) =>
        Ask(room, id => Wire.Presence(id, room, cursor));

    public Task<Incoming> AskHistory(string room, long? before, int? limit) =>
        Ask(room, id => Wire.History(id, room, before, limit));

    public Position? PositionOf(string room) => Guarded(() => _rooms.GetValueOrDefault(room)?.Position);

    public IReadOnlyList<string> Rooms => Guarded(() => _rooms.Keys.ToArray());

    // ---- what connections tell ----

    /// <summary>A connection is open: all rooms are asked for.</summary>
    public void Opened(Connection connection) => Guarded(() =>
    {
        if (_ended is not null) return;
        Connection = connection;
        foreach (Subscription subscription in _rooms.Values) subscription.Attach(connection);
    });

    public void Received(Incoming incoming)
    {
        lock (_gate)
        {
            if (_ended is not null) return;
            Route(incoming);
            TellCommandsWait();
        }
    }

    /// <summary>Writes a new guest key to its file; outside the gate, because that is I/O.</summary>
    public void KeepKey()
    {
        if (Options is { KeyFile: GuestKeyFile file, User: string user } && Interlocked.Exchange(ref _keyToKeep, null) is string key)
            file.Keep(Options.Uri, user, key);
    }

    /// <summary>The connection is lost; rooms, publishes and joins wait for the next one.</summary>
    public void Lost(FastChatException error) => Guarded(() =>
    {
        Connection = null;
        foreach (Subscription subscription in _rooms.Values.ToArray()) subscription.Detach();
        _requests.FailAll(error);
    });

    /// <summary>Tells the gateway that the client goes of its own will: TCP has no other way to say so.</summary>
    public void LeaveAll() => Guarded(() =>
    {
        foreach ((string room, Subscription subscription) in _rooms)
            subscription.Live?.Outgoing.Add(Wire.Leave(NextId(), room));
    });

    /// <summary>Over for good; everything that waits is told, and everything asked from now on fails. The first end wins.</summary>
    public void End(FastChatException error) => Guarded(() =>
    {
        if (_isOver) return;
        _isOver = true;
        _ended = error;
        Connection = null;
        foreach (Subscription subscription in _rooms.Values.ToArray()) subscription.End(FastChatError.Closed, error.Message);
        _requests.FailAll(error);
    });

    // ---- for subscriptions and requests, inside the gate ----

    /// <summary>An id that no other message has. Thread-safe without the gate.</summary>
    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"{_idPrefix}{Interlocked.Increment(ref _idCount):x}");

    /// <summary>Does something later, inside the gate.</summary>
    public GuardedTimer After(TimeSpan delay, Action action) => new(_gate, Options.TimeProvider, delay, action);

    /// <summary>The gateway says who this is.</summary>
    public void Identified(string? user, string? key)
    {
        User = user ?? User;
        if (key is null || key == Key) return;
        Key = key;
        _keyToKeep = key;
    }

    /// <summary>The room is no longer wanted.</summary>
    public void Forget(string room, Subscription subscription)
    {
        if (_rooms.GetValueOrDefault(room) == subscription) _rooms.Remove(room);
    }

    /// <summary>Asks where a room's log ends; null when that is not told.</summary>
    public void RequestHead(Connection connection, string room, Action<Position?> answered)
    {
        string id = NextId();
        _requests.Ask(
            connection, room, id, Wire.History(id, room, before: null, limit: 1),
            answer => answered((answer as Incoming.History)?.Position), _ => answered(null));
    }

    /// <summary>Runs inside the gate.</summary>
    public void Guarded(Action action)
    {
        lock (_gate)
        {
            action();
            TellCommandsWait();
        }
    }

    private T Guarded<T>(Func<T> action)
    {
        lock (_gate)
        {
            T result = action();
            TellCommandsWait();
            return result;
        }
    }

    private static async Task<PublishAck> AckedAsync(Task<Incoming> answer, string room, string id)
    {
        await answer.ConfigureAwait(false);
        return new PublishAck(room, id, Position: null);
    }

    private Task<Incoming> Ask(string room, Func<string, byte[]> encode)
    {
        string id = NextId();
        byte[] question = encode(id);
        return Guarded(() => _requests.Ask(Live(Find(room), room, FastChatError.NotJoined), room, id, question));
    }

    private Subscription FindOrBegin(string room, Position? since, int? limit)
    {
        if (_ended is not null) throw Again(_ended);
        if (_rooms.TryGetValue(room, out Subscription? subscription)) return subscription;
        subscription = new Subscription(this, room, since, limit);
        _rooms.Add(room, subscription);
        if (Connection is not null) subscription.Attach(Connection);
        return subscription;
    }

    private Subscription Find(string room)
    {
        if (_ended is not null) throw Again(_ended);
        return _rooms.GetValueOrDefault(room) ?? throw new FastChatException(FastChatError.NotJoined, "The room is not joined.") { Room = room };
    }

    private static Connection Live(Subscription subscription, string room, FastChatError otherwise) =>
        subscription.Live ?? throw new FastChatException(otherwise, "The room is not joined at the moment.") { Room = room };

    /// <summary>A new exception for each throw: one that is thrown twice mixes up its stack traces.</summary>
    private static FastChatException Again(FastChatException error) => new(error.Error, error.Message, error) { CloseCode = error.CloseCode };

    private void Route(Incoming incoming)
    {
        switch (incoming)
        {
            case Incoming.Msg msg:
                _rooms.GetValueOrDefault(msg.Message.Room)?.Received(msg.Message);
                break;
            case Incoming.Ack ack:
                if (!_requests.TryAnswer(ack.Id, ack)) _rooms.GetValueOrDefault(ack.Room)?.Acked(ack);
                break;
            case Incoming.PositionOnly position:
                _rooms.GetValueOrDefault(position.Room)?.Received(position);
                break;
            case Incoming.Gap gap:
                _rooms.GetValueOrDefault(gap.Room)?.Received(gap);
                break;
            case Incoming.Notice notice:
                _rooms.GetValueOrDefault(notice.Room)?.Noticed(notice);
                break;
            case Incoming.History history:
                if (!_requests.TryAnswer(history.Id, history)) _rooms.GetValueOrDefault(history.Room)?.Answered(history);
                break;
            case Incoming.Presence presence:
                if (!_requests.TryAnswer(presence.Id, presence)) Events.Add(new PresenceChanged(presence.Page));
                break;
            case Incoming.Typing typing:
                Events.Add(new TypingNotice(typing.Room, typing.User, typing.On));
                break;
            case Incoming.Error error:
                Refused(error.Exception);
                break;
            default:
                break;
        }
    }

    private void Refused(FastChatException error)
    {
        if (error.Id is string id)
        {
            if (_requests.TryRefuse(id, error)) return;
            foreach (Subscription subscription in _rooms.Values)
            {
                // Returns with the first that takes it: a refused join takes its room out of the collection.
                if (subscription.Refused(id, error)) return;
            }
        }
        Events.Add(new ErrorReceived(error));
    }

    private void TellCommandsWait() => Events.SetCommandsWait(Budget.Publishes > 0 || _requests.Count > 0 || WaitCount > 0);
}
