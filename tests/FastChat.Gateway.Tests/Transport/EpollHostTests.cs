using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastChat.Codec.Tcp;
using FastChat.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;

namespace FastChat.Gateway.Tests.Transport;

public sealed class EpollHostTests
{
    private const string Head =
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_head_may_be_cut_anywhere()
    {
        await using EpollGateway gateway = new(new Echo());
        byte[] head = Encoding.ASCII.GetBytes(Head);
        for (int cut = 1; cut < head.Length; cut++)
        {
            using Socket socket = await gateway.ConnectAsync();
            socket.Send(head.AsSpan(0, cut));
            await Task.Yield();
            socket.Send(head.AsSpan(cut));
            byte[] status = new byte[12];
            await EpollGateway.ReadAsync(socket, status);
            Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(status));
        }

        await gateway.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task What_comes_with_the_head_is_not_lost()
    {
        await using EpollGateway gateway = new(new Echo());
        using Socket socket = await gateway.ConnectAsync();
        byte[] ping = [0x89, 0x81, 0, 0, 0, 0, (byte)'x'];
        socket.Send([.. Encoding.ASCII.GetBytes(Head), .. ping]);
        byte[] answer = new byte[4096];
        int count = 0;
        while (!answer.AsSpan(0, count).EndsWith((byte[])[0x8A, 1, (byte)'x'])) count += await EpollGateway.ReadSomeAsync(socket, answer.AsMemory(count));
    }

    [Fact]
    public async Task Other_http_goes_to_Kestrel_with_every_byte()
    {
        await using EpollGateway gateway = new(new Echo());
        foreach (string request in (string[])["GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "POST /send_message HTTP/1.1\r\n", "\u0016\u0003\u0001", Head.Replace("/ws", "/other", StringComparison.Ordinal)])
        {
            using Socket socket = await gateway.ConnectAsync();
            socket.Send(Encoding.ASCII.GetBytes(request));
            await using ConnectionContext context = await gateway.AcceptForKestrelAsync();
            ReadResult read = await context.Transport.Input.ReadAtLeastAsync(request.Length, Cancellation).AsTask().WaitAsync(EpollGateway.Patience, Cancellation);
            Assert.Equal(request, Encoding.ASCII.GetString(read.Buffer));
            Assert.Equal(((IPEndPoint)socket.LocalEndPoint!).Port, ((IPEndPoint)context.RemoteEndPoint!).Port);
            await context.Transport.Output.WriteAsync("answer"u8.ToArray(), Cancellation);
            byte[] answer = new byte[6];
            await EpollGateway.ReadAsync(socket, answer);
            Assert.Equal("answer", Encoding.ASCII.GetString(answer));
        }
    }

    [Fact]
    public async Task A_head_that_drips_in_is_left_to_Kestrel_in_the_end()
    {
        await using EpollGateway gateway = new(new Echo());
        using Socket socket = await gateway.ConnectAsync();
        socket.Send("GET /ws HTTP/1.1\r\nX: "u8);
        Task<ConnectionContext> handedOver = gateway.AcceptForKestrelAsync();
        using PeriodicTimer drip = new(TimeSpan.FromMilliseconds(2));
        while (!handedOver.IsCompleted)
        {
            socket.Send("x"u8);
            await drip.WaitForNextTickAsync(Cancellation);
        }

        await (await handedOver).DisposeAsync();
    }

    [Fact]
    public async Task Who_says_nothing_is_hung_up_on_at_the_handshake_deadline()
    {
        await using EpollGateway gateway = new(new Echo(), new SessionLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        using Socket silent = await gateway.ConnectAsync();
        Assert.Empty(await EpollGateway.ReadToEndAsync(silent));
        using Socket half = await gateway.ConnectAsync();
        half.Send("GET /ws HT"u8);
        Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString(await EpollGateway.ReadToEndAsync(half)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_header_may_be_cut_anywhere_and_names_the_client()
    {
        List<SessionPeer> clients = [];
        await using EpollGateway gateway = new(
            new Echo((session, _) =>
            {
                lock (clients) clients.Add(session.Peer);
                return true;
            }),
            trusted: ["127.0.0.1"]);
        byte[] start = [.. "PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\n"u8, .. TcpPreface.Frame];
        for (int cut = 1; cut < start.Length; cut++)
        {
            using Socket socket = await gateway.ConnectAsync();
            socket.Send(start.AsSpan(0, cut));
            await Task.Yield();
            socket.Send([.. start.AsSpan(cut), 0, 0, 0, 1, (byte)'x']);
            byte[] answer = new byte[TcpPreface.Frame.Length + 5];
            await EpollGateway.ReadAsync(socket, answer);
            Assert.Equal([0, 0, 0, 1, (byte)'x'], answer[^5..]);
        }

        Assert.All(clients, client => Assert.Equal(new SessionPeer(IPAddress.Parse("203.0.113.7"), IsExempt: false), client));
        Assert.Equal(start.Length - 1, clients.Count);
    }

    [Fact]
    public async Task What_a_slow_reader_is_sent_arrives_whole_and_in_order()
    {
        const int count = 64, size = 60_000;
        await using EpollGateway gateway = new(new Echo(), new SessionLimits { AnswerBytesMax = 16 << 20, OutboxBytesMax = 16 << 20 });
        using Socket socket = await gateway.ConnectTcpAsync();
        byte[] frame = new byte[4 + size];
        BinaryPrimitives.WriteInt32BigEndian(frame, size);
        Task sending = Task.Run(SendAll, Cancellation);
        void SendAll()
        {
            for (int i = 0; i < count; i++)
            {
                frame.AsSpan(4).Fill((byte)i);
                socket.Send(frame);
            }
        }

        // Much more than both sockets hold is on its way before the first byte is read.
        await sending.WaitAsync(EpollGateway.Patience, Cancellation);
        byte[] answer = new byte[frame.Length];
        for (int i = 0; i < count; i++)
        {
            await EpollGateway.ReadAsync(socket, answer);
            Assert.Equal(size, BinaryPrimitives.ReadInt32BigEndian(answer));
            Assert.Equal(-1, answer.AsSpan(4).IndexOfAnyExcept((byte)i));
        }
    }

    [Fact]
    public async Task What_a_held_back_peer_sent_is_dealt_with_later_and_its_end_too()
    {
        // Answers beyond this hold a peer back until they are read.
        await using EpollGateway gateway = new(new Echo(), new SessionLimits { AnswerBytesMax = 1024, OutboxBytesMax = 1024 });
        using Socket socket = await gateway.ConnectTcpAsync();
        byte[] frame = new byte[4 + 50_000];
        BinaryPrimitives.WriteInt32BigEndian(frame, 50_000);
        const int count = 100;
        Task sending = Task.Run(SendAll, Cancellation);
        void SendAll()
        {
            for (int i = 0; i < count; i++) socket.Send(frame);
            socket.Shutdown(SocketShutdown.Send);
        }

        byte[] all = await EpollGateway.ReadToEndAsync(socket);
        await sending.WaitAsync(EpollGateway.Patience, Cancellation);
        // The last that the gateway says is why it hangs up.
        Assert.InRange(all.Length, frame.Length * count, (frame.Length * count) + 200);
        await gateway.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task A_fault_of_ours_ends_one_connection_and_no_other()
    {
        await using EpollGateway gateway = new(new Echo((_, length) => length != 13 ? true : throw new InvalidOperationException("on purpose")), loopCount: 1);
        using Socket bystander = await gateway.ConnectTcpAsync();
        using Socket unlucky = await gateway.ConnectTcpAsync();
        unlucky.Send([0, 0, 0, 13, .. new byte[13]]);
        Assert.NotEmpty(await EpollGateway.ReadToEndAsync(unlucky));
        bystander.Send([0, 0, 0, 1, 7]);
        byte[] answer = new byte[5];
        await EpollGateway.ReadAsync(bystander, answer);
        Assert.Equal([0, 0, 0, 1, 7], answer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task A_reset_leaves_nothing_behind(int bytesOfAFrame)
    {
        await using EpollGateway gateway = new(new Echo());
        for (int i = 0; i < 50; i++)
        {
            using Socket socket = await gateway.ConnectTcpAsync();
            byte[] frame = [0, 0, 0, 100, .. new byte[100]];
            socket.Send(frame.AsSpan(0, bytesOfAFrame));
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await gateway.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task Closing_the_port_waits_for_its_connections_as_long_as_it_may()
    {
        await using EpollGateway gateway = new(new Echo());
        using Socket socket = await gateway.ConnectTcpAsync();
        using CancellationTokenSource stopping = new();
        Task unbound = gateway.UnbindAsync(stopping.Token);
        await Assert.ThrowsAnyAsync<SocketException>(() => ConnectForeverAsync(gateway)).WaitAsync(EpollGateway.Patience, Cancellation);
        socket.Send([0, 0, 0, 1, 7]);
        byte[] answer = new byte[5];
        await EpollGateway.ReadAsync(socket, answer);
        Assert.False(unbound.IsCompleted);
        socket.Close();
        await unbound.WaitAsync(EpollGateway.Patience, Cancellation);
    }

    private static async Task ConnectForeverAsync(EpollGateway gateway)
    {
        while (true) (await gateway.ConnectAsync()).Dispose();
    }
}
