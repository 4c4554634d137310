using System.Net;

namespace FastChat.Gateway.Connections;

/// <summary>What connections log. Event ids 1000 to 1099.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1000, LogLevel.Error, "A fault in loop {Loop}; the connection or room it happened in may be out of step.")]
    public static partial void LoopFault(ILogger logger, int loop, Exception fault);

    [LoggerMessage(1001, LogLevel.Debug, "Connection {Id} from {Peer} closed: {Reason}.")]
    public static partial void Closed(ILogger logger, string id, EndPoint? peer, string reason);

    [LoggerMessage(1002, LogLevel.Debug, "Connection {Id} from {Peer} ended before it began: {Why}.")]
    public static partial void NotBegun(ILogger logger, string id, EndPoint? peer, string why);

    [LoggerMessage(1004, LogLevel.Warning, "Accepting at {Port} pauses: {Why}. Connections that are open go on; it is tried again every 100 ms.")]
    public static partial void AcceptPaused(ILogger logger, EndPoint port, string why);

    [LoggerMessage(1005, LogLevel.Warning, "Accepting at {Port} goes on.")]
    public static partial void AcceptResumed(ILogger logger, EndPoint port);

    [LoggerMessage(1003, LogLevel.Debug, "Connection {Id} from {Peer} sent a bad request: {Why}")]
    public static partial void BadRequest(ILogger logger, string id, EndPoint? peer, string why);
}
