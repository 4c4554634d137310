using FastChat.Codec.Messages;

namespace FastChat.Client.Connections;

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code; 0 when there was no connection.</param>
/// <param name="Reason">For people; perhaps empty.</param>
/// <param name="MayReconnect">Whether coming back makes sense.</param>
/// <param name="Delay">When to come back; zero: the back-off decides.</param>
internal sealed record ConnectionEnd(int Code, string Reason, bool MayReconnect, TimeSpan Delay)
{
    /// <summary>What went wrong underneath, if that is known.</summary>
    public Exception? Cause { get; init; }

    /// <summary>Whether the peer still listens for a close.</summary>
    public bool IsOrderly { get; init; }

    /// <summary>An end that was seen here; the client comes back after it.</summary>
    public static ConnectionEnd Found(CloseReason reason, string why, Exception? cause = null) =>
        new((int)reason, why, MayReconnect: true, TimeSpan.Zero) { Cause = cause };

    /// <summary>The peer's close frame.</summary>
    public static ConnectionEnd ClosedByPeer(int code, string reason) =>
        new(code, reason, CanReconnect(code), TimeSpan.Zero) { IsOrderly = true };

    /// <summary>There was no connection.</summary>
    public static ConnectionEnd NotMade(Uri uri, Exception cause) =>
        new(0, $"Cannot connect to {uri}: {Innermost(cause)}", MayReconnect: true, TimeSpan.Zero) { Cause = cause };

    /// <summary>What the application is told.</summary>
    public FastChatException ToException()
    {
        if (Code == 0) return new FastChatException(FastChatError.ConnectionLost, Reason, Cause);
        string named = Reason.Length == 0 ? $"{Code}" : $"{Code}, {Reason}";
        return MayReconnect
            ? new FastChatException(FastChatError.ConnectionLost, $"The connection ended: {named}", Cause) { CloseCode = Code }
            : new FastChatException(FastChatError.Closed, $"The gateway ended the connection for good: {named}", Cause) { CloseCode = Code };
    }

    /// <summary>"Unable to connect to the remote server" helps nobody; "Connection refused" does.</summary>
    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is not null) exception = exception.InnerException;
        return exception.Message;
    }

    /// <summary>
    /// No with 4500 to 4999, nor where the peer refuses what was sent, which would be sent again (RFC 6455, 7.4.1: protocol error,
    /// wrong data, invalid data, policy, too big, extension).
    /// </summary>
    private static bool CanReconnect(int code) => code is not (1002 or 1003 or 1007 or 1008 or 1009 or 1010 or (>= 4500 and <= 4999));
}

/// <summary>Thrown by a transport when its connection has ended in a way that the protocol knows.</summary>
internal sealed class ConnectionEndedException : Exception
{
    public ConnectionEndedException(ConnectionEnd end) : base(end.Reason) => End = end;

    public ConnectionEnd End { get; }
}
