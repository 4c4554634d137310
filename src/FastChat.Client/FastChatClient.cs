using System.Runtime.CompilerServices;
using FastChat.Client.Connections;
using FastChat.Client.Events;
using FastChat.Client.Messages;
using FastChat.Client.Sessions;

namespace FastChat.Client;

/// <summary>
/// A client of one gateway, as one person, in any number of rooms. It stays connected, resumes every room without loss and publishes
/// once. Thread-safe. What goes wrong is a <see cref="FastChatException"/>, named by its <see cref="FastChatException.Error"/>.
/// </summary>
/// <remarks>
/// Read <see cref="ReadEventsAsync"/> (or set <see cref="FastChatClientOptions.IgnoreEvents"/>): an application that does not read
/// makes the client stop reading the socket, answers to its own commands included.
/// </remarks>
public sealed class FastChatClient : IAsyncDisposable
{
    /// <summary>The room of those who name none.</summary>
    public const string DefaultRoom = "lobby";

    private readonly EventBuffer _events;
    private readonly ClientSession _session;
    private readonly ConnectionLoop _loop;

    /// <summary>Does not connect yet.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FastChatException">InvalidField: the address is none that a gateway can have.</exception>
    public FastChatClient(FastChatClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _events = new EventBuffer(options.EventsMax, options.EventBytesMax, options.IgnoreEvents);
        _session = new ClientSession(options, _events);
        _loop = new ConnectionLoop(Endpoint.Parse(options.Uri), options, _session, _events);
    }

    /// <summary>Does not connect yet. All options but these have their defaults.</summary>
    /// <param name="uri">See <see cref="FastChatClientOptions.Uri"/>.</param>
    /// <param name="user">See <see cref="FastChatClientOptions.User"/>.</param>
    /// <param name="keyFile">See <see cref="FastChatClientOptions.KeyFile"/>.</param>
    /// <exception cref="UriFormatException"><paramref name="uri"/> is none.</exception>
    /// <exception cref="FastChatException">InvalidField: the address is none that a gateway can have.</exception>
    public FastChatClient(string uri, string? user = null, GuestKeyFile? keyFile = null)
        : this(new FastChatClientOptions { Uri = new Uri(uri), User = user, KeyFile = keyFile })
    {
    }

    /// <summary>Where the client is with its connection.</summary>
    public ConnectionState State => _loop.State;

    /// <summary>Display name, as the gateway writes it once a room is joined.</summary>
    public string? User => _session.User;

    /// <summary>Guest key, once known. Keep it, and give it to the next client, to be the same person again.</summary>
    public string? Key => _session.Key;

    /// <summary>The rooms that are joined or being joined.</summary>
    public IReadOnlyList<string> Rooms => _session.Rooms;

    /// <summary>
    /// Connects, and stays so: a lost connection is made again until <see cref="DisposeAsync"/>, until the gateway says not to come
    /// back, or until <see cref="FastChatClientOptions.FailuresMax"/>. While waiting for the next try it tries at once.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the trying.</param>
    /// <returns>Ends once connected, however long that takes.</returns>
    /// <exception cref="FastChatException">Closed or ConnectionLost: it was given up.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => _loop.Connect().WaitAsync(cancellationToken);

    /// <summary>Joins a room, now or as soon as connected; the wish is kept over reconnects. A room that is joined already is not joined again.</summary>
    /// <param name="room">Room id.</param>
    /// <param name="since">The position to go on from: what came after it is delivered as <see cref="MessageReceived"/>. Null: the newest messages are in the answer.</param>
    /// <param name="limit">Most messages wanted in the answer; null: what the gateway gives.</param>
    /// <param name="cancellationToken">Ends the wait, not the wish; <see cref="LeaveAsync"/> ends that.</param>
    /// <returns>The first answer; <see cref="ReadEventsAsync"/> gives it too, and one for each reconnect.</returns>
    /// <exception cref="FastChatException">The gateway's refusal, such as NameTaken with its suggestion; NotJoined: it was left meanwhile; Closed.</exception>
    public async Task<RoomJoined> JoinAsync(
        string room = DefaultRoom, Position? since = null, int? limit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        if (limit is int most) ArgumentOutOfRangeException.ThrowIfNegative(most, nameof(limit));
        OutgoingEncoder.CheckRoom(room);
        if (since is Position position) OutgoingEncoder.CheckPosition(room, position);
        return await _session.JoinAsync(room, since, limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes text; see the other overload.</summary>
    public Task<PublishAck> PublishAsync(string room, string text, CancellationToken cancellationToken = default) =>
        PublishAsync(room, new OutgoingMessage { Text = text }, cancellationToken);

    /// <summary>
    /// Publishes to a joined room. While the connection is away the message waits, within the limits, behind what came before it. One whose
    /// answer was lost with a connection is sent again with the same id, unless it comes back as a message.
    /// </summary>
    /// <param name="room">Room id.</param>
    /// <param name="message">What to publish.</param>
    /// <param name="cancellationToken">Takes back what was not sent; else ends the wait alone.</param>
    /// <returns>Ends once the log has it. An ephemeral one is not kept: it ends once the gateway has taken it, and never waits for a connection.</returns>
    /// <exception cref="FastChatException">
    /// OutcomeUnknown, NotSent: see <see cref="FastChatClientOptions.PublishTimeout"/>; ConnectionLost, Timeout: of an ephemeral one; QueueFull; NotJoined; InvalidField; MessageTooBig;
    /// Closed; or the gateway's refusal, such as RateLimited.
    /// </exception>
    public async Task<PublishAck> PublishAsync(string room, OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        ArgumentNullException.ThrowIfNull(message);
        return await _session.Publish(room, message, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the others that this person types, or stopped. Does nothing while the room is not joined at the moment.</summary>
    /// <exception cref="FastChatException">NotJoined: the room is not wanted at all; Closed.</exception>
    public Task TypingAsync(string room, bool on = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        cancellationToken.ThrowIfCancellationRequested();
        _session.Typing(room, on);
        return Task.CompletedTask;
    }

    /// <summary>Asks for a page of who is in a joined room.</summary>
    /// <param name="room">Room id.</param>
    /// <param name="cursor"><see cref="PresencePage.Next"/> of the page before; null: the first page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FastChatException">NotJoined: also while reconnecting; ConnectionLost; Timeout; QueueFull; or the gateway's refusal.</exception>
    public async Task<PresencePage> PresenceAsync(string room, string? cursor = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        Incoming answer = await _session.AskPresence(room, cursor).WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer is Incoming.Presence presence ? presence.Page : throw Unexpected(room);
    }

    /// <summary>Asks for a page of a joined room's log. It delivers nothing: positions do not move.</summary>
    /// <param name="room">Room id.</param>
    /// <param name="before">Only offsets below this; null: the newest.</param>
    /// <param name="limit">Most messages wanted; null: what the gateway gives.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FastChatException">NotJoined: also while reconnecting; ConnectionLost; Timeout; QueueFull; or the gateway's refusal.</exception>
    public async Task<HistoryPage> HistoryAsync(string room, long? before = null, int? limit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        if (before is long below) ArgumentOutOfRangeException.ThrowIfLessThan(below, 1, nameof(before));
        if (limit is int most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        Incoming answer = await _session.AskHistory(room, before, limit).WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer is Incoming.History page ? new HistoryPage(room, page.Messages, page.More, page.Position) : throw Unexpected(room);
    }

    /// <summary>The last publication delivered in a room; null when the room is not joined. Keep it to resume in a later client.</summary>
    public Position? PositionOf(string room)
    {
        ArgumentNullException.ThrowIfNull(room);
        return _session.PositionOf(room);
    }

    /// <summary>Leaves a room; one that is not joined is left already. Publishes without an answer fail with OutcomeUnknown, or NotJoined if they were not sent.</summary>
    /// <param name="room">Room id.</param>
    /// <param name="cancellationToken">Ends the wait, not the leaving.</param>
    /// <returns>Ends once the gateway has said so or the connection is gone.</returns>
    public Task LeaveAsync(string room, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(room);
        return _session.LeaveAsync(room).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// What happens, in order, from the making of the client on; ends once the client is closed and all is read. Each event goes to one reader.
    /// </summary>
    /// <remarks>
    /// At most <see cref="FastChatClientOptions.EventsMax"/> wait to be read. Beyond that the client does not read its socket, so that the
    /// gateway holds messages back and nothing is lost.
    /// </remarks>
    public async IAsyncEnumerable<ChatEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _events.ReadAsync(cancellationToken).ConfigureAwait(false) is ChatEvent next) yield return next;
    }

    /// <summary>Sends what is on its way (for at most 2 s), closes, and ends once nothing runs any more. What has no answer fails; unread events can still be read.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private static FastChatException Unexpected(string room) => new(FastChatError.Other, "The gateway answered with another kind of message.") { Room = room };
}
