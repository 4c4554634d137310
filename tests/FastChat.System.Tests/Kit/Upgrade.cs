using System.Text;

namespace FastChat.System.Tests.Kit;

/// <summary>The WebSocket handshake, as bytes.</summary>
internal static class Upgrade
{
    // RFC 6455, section 1.3.
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /// <summary>The request.</summary>
    /// <param name="headers">Further header lines, each ended by CR LF.</param>
    /// <param name="path">The target.</param>
    /// <param name="host">The Host header.</param>
    public static byte[] Request(string headers = "", string path = "/ws", string host = "chat.test") => Encoding.UTF8.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n{headers}\r\n");

    /// <summary>Reads the answer, which must be the right one.</summary>
    /// <param name="connection">On which it comes.</param>
    /// <param name="extensions">What it must say of extensions; null: nothing.</param>
    public static async Task ReadAcceptedAsync(WireConnection connection, string? extensions = null)
    {
        string head = await connection.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Equal(Accept, WireConnection.HeaderOf(head, "Sec-WebSocket-Accept"));
        Assert.Equal(extensions, WireConnection.HeaderOf(head, "Sec-WebSocket-Extensions"));
    }

    /// <summary>Connects and upgrades.</summary>
    /// <param name="address">The gateway, or the echo host.</param>
    /// <param name="isLate">After another request on the same connection, so that Kestrel serves the upgrade.</param>
    /// <param name="headers">Further header lines, each ended by CR LF.</param>
    /// <param name="extensions">What the answer must say of extensions; null: nothing.</param>
    public static async Task<WireConnection> ConnectAsync(Uri address, bool isLate = false, string headers = "", string? extensions = null)
    {
        WireConnection connection = await WireConnection.ConnectAsync(address);
        if (isLate) await AskEarlierAsync(connection);
        await connection.SendAsync(Request(headers));
        await ReadAcceptedAsync(connection, extensions);
        return connection;
    }

    /// <summary>Sends some other request first and reads its answer.</summary>
    public static async Task AskEarlierAsync(WireConnection connection)
    {
        await connection.SendAsync("GET /health/live HTTP/1.1\r\nHost: chat.test\r\n\r\n");
        await connection.ReadAnswerAsync();
    }
}
