using System.Net;
using System.Net.Sockets;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;
using FastChat.Gateway.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastChat.Gateway.Tests.Transport;

/// <summary>The epoll host on a real port, with the test in Kestrel's place and commands of the test's own.</summary>
internal sealed class EpollGateway : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IConnectionListener _listener;

    public EpollGateway(ISessionCommands commands, SessionLimits? limits = null, string[]? trusted = null, int loopCount = 2)
    {
        Assert.SkipUnless(EpollHost.IsSupported, "needs Linux");
        GatewayOptions options = new() { Proxies = { Trusted = trusted ?? [] }, Limits = { AddressConnections = 1000, AddressConnectRate = 1000 } };
        TrustedProxies proxies = new(options.Proxies);
        Limits = new ConnectionLimits(options.Limits, 1000, TimeProvider.System);
        Admission admission = new(new OriginPolicy(options.Origins, isBoundToLoopback: true), proxies, Limits, () => true, "/ws"u8);
        Host = new EpollHost(
            loopCount, TimeProvider.System, commands, limits ?? new SessionLimits(), admission, proxies, new LoggerFactory().CreateLogger<EpollHost>());
        Host.Start();
        ListenAddress address = new("127.0.0.1", 0, IsTls: false, IsTcpOnly: false);
        EpollTransport transport = new([address], NullLoggerFactory.Instance) { Host = Host };
        _listener = transport.BindAsync(new GatewayEndPoint(IPAddress.Loopback, address), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        EndPoint = (IPEndPoint)_listener.EndPoint;
    }

    public EpollHost Host { get; }

    public ConnectionLimits Limits { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>What Kestrel would get next.</summary>
    public async Task<ConnectionContext> AcceptForKestrelAsync() =>
        await _listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience) ?? throw new InvalidOperationException("The port is closed.");

    /// <summary>Stops listening, and waits for the connections.</summary>
    public Task UnbindAsync(CancellationToken stopping = default) => _listener.UnbindAsync(stopping).AsTask();

    public async Task<Socket> ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint);
        return socket;
    }

    /// <summary>A TCP connection, its preface exchanged.</summary>
    public async Task<Socket> ConnectTcpAsync()
    {
        Socket socket = await ConnectAsync();
        socket.Send(TcpPreface.Frame);
        byte[] answer = new byte[TcpPreface.Frame.Length];
        await ReadAsync(socket, answer);
        Assert.True(TcpPreface.Frame.SequenceEqual(answer));
        return socket;
    }

    public static async Task ReadAsync(Socket socket, Memory<byte> whole)
    {
        for (int read = 0; read < whole.Length;) read += await ReadSomeAsync(socket, whole[read..]);
    }

    public static async Task<int> ReadSomeAsync(Socket socket, Memory<byte> buffer)
    {
        using CancellationTokenSource patience = new(Patience);
        int count = await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token);
        Assert.True(count > 0, "the connection ended");
        return count;
    }

    /// <summary>Reads to the end of the stream.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource patience = new(Patience);
        using MemoryStream all = new();
        byte[] buffer = new byte[65536];
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token);
            if (count == 0) return all.ToArray();
            all.Write(buffer, 0, count);
        }
    }

    /// <summary>Waits until every connection has been let go of.</summary>
    public async Task WaitUntilEmptyAsync()
    {
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(10));
        using CancellationTokenSource patience = new(Patience);
        while (Host.OpenCount > 0 || Limits.Count > 0 || Host.Buffers.LeasedCount > 0) await look.WaitForNextTickAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        Host.Dispose();
    }
}

/// <summary>Sends back what comes, in frames of the connection's own form; whatever else a test wants is done first.</summary>
internal sealed class Echo(Func<Session, int, bool>? takes = null) : ISessionCommands
{
    public int OnMessage(Session session, bool isText, Span<byte> payload)
    {
        if (takes is not null && !takes(session, payload.Length)) return 0;
        int start = FrameWriter.Begin(session.Control, session.Form);
        session.Control.Write(payload);
        FrameWriter.End(session.Control, session.Form, start);
        return payload.Length;
    }

    public void OnEnded(Session session)
    {
    }
}
