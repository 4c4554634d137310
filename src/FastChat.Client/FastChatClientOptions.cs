using System.Net.Security;
using System.Text;
using FastChat.Codec.Messages;

namespace FastChat.Client;

/// <summary>How a <see cref="FastChatClient"/> connects, and its limits. Read once, when the client is made.</summary>
public sealed class FastChatClientOptions
{
    /// <summary>What timers take at most is 49 days.</summary>
    private static readonly TimeSpan DelayMax = TimeSpan.FromDays(40);

    /// <summary>
    /// The gateway: <c>ws</c>, <c>wss</c>, <c>http</c> or <c>https</c> (WebSocket; without a path it is <c>/ws</c>), or <c>tcp</c> or
    /// <c>tcps</c> with a port (TCP, the latter in TLS).
    /// </summary>
    public required Uri Uri { get; init; }

    /// <summary>Display name, 1 to 64 characters. Without one the gateway decides, as with a token that names the person.</summary>
    public string? User { get; init; }

    /// <summary>Guest key of an earlier connection (<see cref="FastChatClient.Key"/>): who shows it is the same person.</summary>
    public string? Key { get; init; }

    /// <summary>Where the guest key of <see cref="User"/> is kept from one run to the next; null: nowhere. <see cref="Key"/> wins over it.</summary>
    public GuestKeyFile? KeyFile { get; init; }

    /// <summary>Session or foreign token, shown with each join.</summary>
    public string? Token { get; init; }

    /// <summary>Most unanswered publishes, 1,000, over all rooms; over it a publish fails at once with <see cref="FastChatError.QueueFull"/>. Most unanswered requests too.</summary>
    public int PublishesMax { get; init; } = 1_000;

    /// <summary>Most bytes of unanswered publishes, 1,000,000; over it a publish fails at once with <see cref="FastChatError.QueueFull"/>.</summary>
    public int PublishBytesMax { get; init; } = 1_000_000;

    /// <summary>
    /// Unread events that are kept, 10,000. At the limit the client reads nothing from the socket until the application has read some,
    /// so the gateway holds messages back; while publishes or requests wait for their answers it reads on, up to twice the limit.
    /// </summary>
    public int EventsMax { get; init; } = 10_000;

    /// <summary>Bytes of unread events that are kept, about 16 MB; at the limit as with <see cref="EventsMax"/>.</summary>
    public int EventBytesMax { get; init; } = 16_000_000;

    /// <summary>Drops all events: for a client that only publishes, and never reads any.</summary>
    public bool IgnoreEvents { get; init; }

    /// <summary>Largest message to send, 65,536 bytes encoded, the gateway's own default; over it a command fails with <see cref="FastChatError.MessageTooBig"/>.</summary>
    public int MessageBytesMax { get; init; } = 65_536;

    /// <summary>Largest message to receive, 16 MiB; a larger one ends the connection as lost, with close code 1009.</summary>
    public int ReceiveBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Until a connection that is being made counts as failed, 20 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Until an unanswered request fails with <see cref="FastChatError.Timeout"/>, 30 s. An unanswered join or leave ends the connection then.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// From the call of publish to its failure, 30 s, reconnects included: <see cref="FastChatError.OutcomeUnknown"/> if it was sent,
    /// else <see cref="FastChatError.NotSent"/>.
    /// </summary>
    public TimeSpan PublishTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence before the client asks for a sign of life, 25 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Silence after that until the connection counts as lost, 20 s.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Upper bound of the first delay before reconnecting, 200 ms; doubles with each failure. The delay is spread evenly below the bound.</summary>
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Largest such bound, 20 s.</summary>
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that lived this long, 5 s, makes the delays begin anew.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failures in a row after which the client gives up and closes; null, the default: never.</summary>
    public int? FailuresMax { get; init; }

    /// <summary>Checks the gateway's certificate in place of the system's own check.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where randomness comes from: delays and message ids.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Throws for what could never work, naming the option.</summary>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Uri);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Random);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(EventsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EventsMax, int.MaxValue / 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(EventBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MessageBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveBytesMax, 1);
        CheckDelay(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromTicks(1));
        CheckDelay(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromTicks(1));
        CheckDelay(nameof(PublishTimeout), PublishTimeout, TimeSpan.FromTicks(1));
        CheckDelay(nameof(HeartbeatInterval), HeartbeatInterval, TimeSpan.FromTicks(1));
        CheckDelay(nameof(HeartbeatTimeout), HeartbeatTimeout, TimeSpan.FromTicks(1));
        CheckDelay(nameof(BackoffBase), BackoffBase, TimeSpan.Zero);
        CheckDelay(nameof(BackoffCap), BackoffCap, BackoffBase);
        CheckDelay(nameof(StableAfter), StableAfter, TimeSpan.Zero);
        CheckLength(nameof(User), User, MessageLimits.NameBytesMax);
        CheckLength(nameof(Key), Key, MessageLimits.TokenBytesMax);
        CheckLength(nameof(Token), Token, MessageLimits.TokenBytesMax);
        if (FailuresMax is int failuresMax) ArgumentOutOfRangeException.ThrowIfLessThan(failuresMax, 1, nameof(FailuresMax));
    }

    private static void CheckDelay(string option, TimeSpan value, TimeSpan least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, option);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, DelayMax, option);
    }

    /// <summary>A longer one would make each join fail, and the connection with it.</summary>
    private static void CheckLength(string option, string? value, int bytesMax)
    {
        if (value is not null && Encoding.UTF8.GetByteCount(value) > bytesMax)
            throw new ArgumentException($"{option} has more than {bytesMax} bytes.", option);
    }
}
