using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>A proxy that keeps its upstream connections alive sends plain requests and then an upgrade over one of them.</summary>
public sealed class BehindNginxTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_late_upgrade_over_nginxs_kept_connection_is_served()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using TcpRelay relay = new(gateway.Address);
        await using NginxProcess nginx = await NginxProcess.StartAsync(relay.Address);
        using HttpClient http = new() { BaseAddress = nginx.Address };
        using HttpResponseMessage health = await http.GetAsync(new Uri("/health", UriKind.Relative), Stopping);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        await using ForeignClient node = ForeignClient.NpmWs("node");
        await node.ConnectAsync(nginx.WebSocketAddress);
        await node.JoinAsync("hall");
        Assert.Equal(1, relay.ConnectionCount); // The upgrade came over the connection that /health came over.

        await using ForeignClient python = ForeignClient.PythonWebsockets("python");
        await python.ConnectAsync(nginx.WebSocketAddress);
        await python.JoinAsync("hall");
        await using ForeignClient direct = ForeignClient.TcpBot("bot");
        await direct.ConnectAsync(gateway.TcpAddress);
        await direct.JoinAsync("hall");
        IChatClient[] everyone = [node, python, direct];
        await Conversation.AllSpeakAsync(everyone, "hall", "m", 20);
        await Conversation.HasSameTranscriptAsync(everyone, 60);
    }

    [Fact]
    public async Task A_late_upgrade_is_served_without_a_proxy_too()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using TcpClient connection = new();
        await connection.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Stopping);
        NetworkStream stream = connection.GetStream();

        Assert.StartsWith("HTTP/1.1 200", await AskAsync(stream, "GET /health HTTP/1.1\r\nHost: chat\r\n\r\n"), StringComparison.Ordinal);
        string answer = await AskAsync(stream,
            "GET /ws HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101", answer, StringComparison.Ordinal);
        Assert.Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer, StringComparison.Ordinal); // RFC 6455, section 1.3.

        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"type":"ping"}"""), WebSocketMessageType.Text, endOfMessage: true, Stopping);
        byte[] buffer = new byte[1024];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, Stopping).Within(Patience.Answer, "the pong");
        Assert.Contains("pong", Encoding.UTF8.GetString(buffer, 0, received.Count), StringComparison.Ordinal);
    }

    // Byte by byte up to the end of the head, so that nothing of what follows is taken; a body is read by its length.
    private static async Task<string> AskAsync(NetworkStream stream, string request)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Stopping);
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Stopping).AsTask().Within(Patience.Answer, "the head of the answer");
            head.Append((char)one[0]);
        }
        string[] lines = head.ToString().Split("\r\n");
        string? length = lines.FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?.Split(':')[1];
        if (length is null && lines.Any(line => line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase))) await SkipChunksAsync(stream);
        if (length is not null)
        {
            byte[] body = new byte[int.Parse(length, global::System.Globalization.CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, Stopping).AsTask().Within(Patience.Answer, "the body of the answer");
        }
        return head.ToString();
    }

    private static async Task SkipChunksAsync(NetworkStream stream)
    {
        StringBuilder body = new();
        byte[] one = new byte[1];
        while (!body.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Stopping).AsTask().Within(Patience.Answer, "the last chunk");
            body.Append((char)one[0]);
        }
    }
}
