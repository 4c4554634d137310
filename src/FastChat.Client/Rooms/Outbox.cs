using FastChat.Client.Connections;
using FastChat.Client.Sessions;

namespace FastChat.Client.Rooms;

/// <summary>
/// The publishes of one room that are not settled, oldest first. While a connection is open they go out at once. What waited for the
/// connection goes out one by one, each after the answer to the one before, and again when it was too fast: a crowd that comes back must
/// be neither reordered nor expelled for the haste of its client. Guarded by the session's gate.
/// </summary>
/// <remarks>
/// Invariant: what was sent before the connection was lost stands in front of what was never sent, and goes out again first.
/// </remarks>
internal sealed class Outbox
{
    /// <summary>Until a publish that was refused as too fast is tried again, when the gateway does not say.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string _room;
    private readonly ClientSession _session;
    private readonly LinkedList<Pending> _pending = new();
    private readonly Dictionary<string, LinkedListNode<Pending>> _byId = new(StringComparer.Ordinal);
    private Outgoing? _connection; // Null while there is none or it may not be used yet.
    private int _waitedCount;      // The pending ones that waited for this connection; they stand in front.
    private TimeSpan _spacing;     // Between those, once the gateway found them too fast.
    private GuardedTimer? _spacingTimer;

    public Outbox(string room, ClientSession session)
    {
        _room = room;
        _session = session;
    }

    /// <summary>Whether something may or may not have reached the log over a connection that is gone.</summary>
    public bool IsUncertain => _pending.First is { Value.IsSent: true };

    /// <summary>From now on what is published goes out on this connection; first what waits.</summary>
    public void Open(Outgoing connection)
    {
        _connection = connection;
        foreach (Pending publish in _pending) publish.HasWaited = true;
        _waitedCount = _pending.Count;
        _spacing = TimeSpan.Zero;
        SendDue();
    }

    /// <summary>The connection is lost.</summary>
    public void Close()
    {
        _connection = null;
        _spacingTimer?.Cancel();
        _spacingTimer = null;
    }

    /// <summary>Queues, or sends.</summary>
    /// <param name="id">The message id.</param>
    /// <param name="message">The whole encoded message.</param>
    /// <param name="cancellationToken">Takes it back if it was not sent; else ends the wait alone.</param>
    /// <returns>Ends with the ack, a refusal or the timeout.</returns>
    /// <exception cref="FastChatException">QueueFull; InvalidField: the id is in use.</exception>
    public Task<PublishAck> Add(string id, byte[] message, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<PublishAck>(cancellationToken);
        if (_byId.ContainsKey(id)) throw Failure(FastChatError.InvalidField, id, $"The id {id} is in use by a publish that is not yet answered.");
        _session.Budget.Take(message.Length);
        Pending added = new(id, message);
        _byId[id] = _pending.AddLast(added);
        added.Timer = _session.After(_session.Options.PublishTimeout, () => TimedOut(added));
        if (_connection is not null && _waitedCount == 0) Send(added);
        if (cancellationToken.CanBeCanceled)
            added.Cancellation = cancellationToken.UnsafeRegister((_, token) => _session.Guarded(() => Cancelled(added, token)), null);
        return added.Outcome.Task;
    }

    /// <summary>The log has it, as an ack or the message itself shows.</summary>
    public void Settle(string id, Position? position)
    {
        if (Take(id) is Pending settled) settled.Outcome.TrySetResult(new PublishAck(_room, id, position));
    }

    /// <summary>It was refused.</summary>
    /// <returns>Whether it was one of these.</returns>
    public bool Refuse(string id, FastChatException error)
    {
        if (!_byId.TryGetValue(id, out LinkedListNode<Pending>? node)) return false;
        if (error.Error == FastChatError.RateLimited && node.Value.HasWaited)
        {
            node.Value.SentOn = null;
            TimeSpan wanted = error.RetryAfter ?? RetryDelay;
            if (wanted > _spacing) _spacing = wanted;
            Space();
            return true;
        }
        Fail(node.Value, error);
        return true;
    }

    /// <summary>Nothing more will be sent or answered.</summary>
    public void End(FastChatError error, string why)
    {
        Close();
        while (_pending.First?.Value is Pending publish)
        {
            Fail(publish, publish.IsSent
                ? Failure(FastChatError.OutcomeUnknown, publish.Id, $"{why} before the answer: it may or may not be stored.")
                : Failure(error, publish.Id, $"{why} before it was sent."));
        }
    }

    private void TimedOut(Pending publish)
    {
        double seconds = _session.Options.PublishTimeout.TotalSeconds;
        Fail(publish, publish.IsSent
            ? Failure(
                FastChatError.OutcomeUnknown, publish.Id, $"No answer within {seconds} s: it may or may not be stored. Repeating it with the same id is safe.")
            : Failure(FastChatError.NotSent, publish.Id, $"Could not be sent within {seconds} s; it is not stored."));
    }

    private void Cancelled(Pending publish, CancellationToken cancellationToken)
    {
        if (!publish.IsSent) Take(publish.Id);
        publish.Outcome.TrySetCanceled(cancellationToken);
    }

    private void Fail(Pending publish, FastChatException error)
    {
        Take(publish.Id);
        ClientSession.Fail(publish.Outcome, error);
    }

    private Pending? Take(string id)
    {
        if (!_byId.Remove(id, out LinkedListNode<Pending>? node)) return null;
        Pending taken = node.Value;
        _pending.Remove(node);
        _session.Budget.Give(taken.Message.Length);
        taken.Timer?.Cancel();
        // Not Dispose, which would wait for a callback that waits for the gate.
        taken.Cancellation.Unregister();
        if (taken.HasWaited && _connection is not null)
        {
            _waitedCount--;
            if (_spacing > TimeSpan.Zero && _waitedCount > 0) Space();
            else SendDue();
        }
        return taken;
    }

    /// <summary>Sends the oldest of what waited, or, when all that is settled, everything.</summary>
    private void SendDue()
    {
        foreach (Pending publish in _pending)
        {
            if (publish.SentOn != _connection) Send(publish);
            if (_waitedCount > 0) break;
        }
    }

    private void Send(Pending publish)
    {
        publish.SentOn = _connection;
        publish.IsSent = true;
        _connection!.Add(publish.Message);
    }

    private void Space()
    {
        _spacingTimer ??= _session.After(_spacing, () =>
        {
            _spacingTimer = null;
            SendDue();
        });
    }

    private FastChatException Failure(FastChatError error, string id, string message) => new(error, message) { Room = _room, Id = id };

    private sealed class Pending(string id, byte[] message)
    {
        public string Id { get; } = id;
        public byte[] Message { get; } = message;
        public TaskCompletionSource<PublishAck> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public GuardedTimer? Timer { get; set; }
        public CancellationTokenRegistration Cancellation { get; set; }
        /// <summary>Whether it went out on any connection.</summary>
        public bool IsSent { get; set; }
        /// <summary>The connection that it is unanswered on.</summary>
        public Outgoing? SentOn { get; set; }
        /// <summary>Whether it was there when the present connection was opened for publishing.</summary>
        public bool HasWaited { get; set; }
    }
}
