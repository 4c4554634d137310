using FastChat.Codec.WebSockets;

namespace FastChat.Gateway.Sessions;

/// <summary>What the options mean for a connection; immutable, shared by all.</summary>
internal sealed record SessionLimits
{
    /// <summary>Largest message and most fragments taken.</summary>
    public ReceiveLimits Receive { get; init; } = new(65_536, 1_024);

    /// <summary>Silence after which a connection is asked whether it lives.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Silence after which it counts as dead (4001).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for the TCP preface (4002).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time to the first join (4002); infinite for none.</summary>
    public TimeSpan FirstMessageTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time in which a message that began must end (4009).</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a socket may refuse bytes without taking any (4008).</summary>
    public TimeSpan OutboxAgeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that the data lane may hold.</summary>
    public int OutboxBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Bytes that may wait on the control lane, and in all beyond <see cref="OutboxBytesMax"/>; with more the connection is not read until they are gone.</summary>
    public int AnswerBytesMax { get; init; } = 256 * 1024;

    /// <summary>Publishes not yet answered by the log; beyond it the connection is not read.</summary>
    public int UnansweredPublishesMax { get; init; } = 256;

    /// <summary>Bytes of publishes not yet answered; beyond it the connection is not read.</summary>
    public int UnansweredBytesMax { get; init; } = 1024 * 1024;

    /// <summary>How long a closed connection's peer has to hang up.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for a peer that broke the framing, whose own close cannot be found among what it sends.</summary>
    public TimeSpan BrokenCloseTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
