using FastChat.Client.Connections;
using FastChat.Client.Messages;
using FastChat.Client.Sessions;

namespace FastChat.Client.Rooms;

/// <summary>
/// The wish to be in a room, kept over any number of connections: joins, resumes from its position, delivers each offset once.
/// Guarded by the session's gate. What comes in is in <c>Subscription.Deliveries.cs</c>.
/// </summary>
/// <remarks>
/// Invariants: deliveries alone move the position. Nothing is published while earlier publishes are in doubt, that is, until what was
/// stored before the connection was lost has come back as messages. The outbox is closed and <c>_head</c> null while <c>_live</c> is.
/// </remarks>
internal sealed partial class Subscription
{
    /// <summary>When to ask again for a room that the gateway could not give just now and did not say when.</summary>
    private static readonly TimeSpan JoinRetryDelay = TimeSpan.FromSeconds(2);

    private readonly ClientSession _session;
    private readonly string _room;
    private readonly int? _limit;
    private readonly Outbox _outbox;
    private readonly TaskCompletionSource<RoomJoined> _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Phase _phase = Phase.Joining;
    private string? _joinId;
    private string? _leaveId;
    private Position? _asked;        // What the last join asked to resume from.
    private GuardedTimer? _timer;    // Of the join or leave that is not answered, or until the next join.
    private Connection? _live;       // The connection whose answer to the join has come.
    private Position? _head;         // Where the log was when catching up began; publishes in doubt wait until the position is there.

    public Subscription(ClientSession session, string room, Position? since, int? limit)
    {
        _session = session;
        _room = room;
        _limit = limit;
        Position = since;
        _outbox = new Outbox(room, session);
        _session.WaitCount++;
    }

    private enum Phase : byte
    {
        /// <summary>Wanted; also while the connection is away.</summary>
        Joining,
        Joined,
        Leaving,
        Left,
    }

    /// <summary>The last publication delivered; null before the first answer.</summary>
    public Position? Position { get; private set; }

    /// <summary>Ends with the first answer.</summary>
    public Task<RoomJoined> Joined => _joined.Task;

    /// <summary>Ends when the room is left, for whatever reason.</summary>
    public Task Left => _left.Task;

    /// <summary>Whether the application asked to leave.</summary>
    public bool IsLeaving => _phase == Phase.Leaving;

    /// <summary>Where commands of the room may go; null while it is not joined.</summary>
    public Connection? Live => _phase == Phase.Joined ? _live : null;

    /// <summary>A connection is open: asks for the room.</summary>
    public void Attach(Connection connection)
    {
        _joinId = _session.NextId();
        _asked = Position;
        SetTimer(_session.Options.RequestTimeout, () => connection.Drop("no answer to a join"));
        // How much history is wanted is a question of the first join; a resume wants all that was missed.
        int? limit = _joined.Task.IsCompleted ? null : _limit;
        connection.Outgoing.Add(Wire.Join(_joinId, _room, _session.User, _session.Key, _session.Options.Token, _asked, limit));
    }

    /// <summary>The connection is lost: keeps everything for the next one.</summary>
    public void Detach()
    {
        SetTimer(default, null);
        _joinId = null;
        _live = null;
        _head = null;
        _outbox.Close();
        if (_phase == Phase.Leaving) End(FastChatError.NotJoined, "The room was left");
        else if (_phase != Phase.Left) _phase = Phase.Joining;
    }

    /// <summary>Publishes, now or as soon as it may.</summary>
    public Task<PublishAck> Publish(string id, byte[] message, CancellationToken cancellationToken)
    {
        if (_phase >= Phase.Leaving) throw NotJoined("The room was left.");
        return _outbox.Add(id, message, cancellationToken);
    }

    /// <summary>Leaves; <see cref="Left"/> ends with the gateway's answer, or with the connection.</summary>
    public void Leave(Connection? connection)
    {
        if (_phase >= Phase.Leaving) return;
        if (connection is null || _joinId is null)
        {
            End(FastChatError.NotJoined, "The room was left");
            return;
        }
        _phase = Phase.Leaving;
        _session.WaitCount++;
        _leaveId = _session.NextId();
        SetTimer(_session.Options.RequestTimeout, () => connection.Drop("no answer to a leave"));
        connection.Outgoing.Add(Wire.Leave(_leaveId, _room));
    }

    /// <summary>Over, for whatever reason; what waits is told.</summary>
    public void End(FastChatError error, string why)
    {
        if (_phase == Phase.Left) return;
        if (_phase == Phase.Leaving) _session.WaitCount--;
        _phase = Phase.Left;
        SetTimer(default, null);
        _live = null;
        _head = null;
        _session.Forget(_room, this);
        FailJoin(new FastChatException(error, $"{why}.") { Room = _room });
        _outbox.End(error, why);
        _left.TrySetResult();
    }

    /// <summary>The gateway refused something.</summary>
    /// <returns>Whether it was this room's.</returns>
    public bool Refused(string id, FastChatException error)
    {
        if (id == _leaveId)
        {
            End(FastChatError.NotJoined, "The room was left");
            return true;
        }
        if (id != _joinId) return _outbox.Refuse(id, error);
        if (_phase == Phase.Leaving) return true; // The answer to the leave follows.

        bool isFirst = !_joined.Task.IsCompleted;
        if (!isFirst && IsPassing(error.Error) && _session.Connection is Connection connection)
        {
            SetTimer(error.RetryAfter ?? JoinRetryDelay, () => Attach(connection));
            return true;
        }
        FailJoin(error);
        End(error.Error, error.Message);
        if (!isFirst) _session.Events.Add(new RoomLost(_room, error));
        return true;
    }

    /// <summary>Whether a refused join is worth asking again.</summary>
    private static bool IsPassing(FastChatError error) =>
        error is FastChatError.RateLimited or FastChatError.Overloaded or FastChatError.RoomUnavailable or FastChatError.OutcomeUnknown;

    private void FailJoin(FastChatException error)
    {
        if (_joined.Task.IsCompleted) return;
        _session.WaitCount--;
        ClientSession.Fail(_joined, error);
    }

    private FastChatException NotJoined(string message) => new(FastChatError.NotJoined, message) { Room = _room };

    private void SetTimer(TimeSpan delay, Action? action)
    {
        _timer?.Cancel();
        _timer = action is null ? null : _session.After(delay, action);
    }
}
