using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;
using FastChat.Gateway.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastChat.Benchmarks.Transport;

/// <summary>
/// The epoll host: a publication of a member that is alone in its room, from one real socket to itself. The baseline sends and receives as
/// many bytes on a pair of sockets.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(EpollConnection), typeof(EpollLoop), typeof(EpollEvents))]
public class EpollConnectionBenchmarks : IDisposable
{
    private readonly byte[] _publish = ClientFrames.Publish("general", WireForm.MessagePackWebSocket);
    private readonly byte[] _heard = new byte[4096];
    private readonly Socket _baselineServer;
    private readonly Socket _baselineClient;
    private readonly Socket _client;
    private readonly EpollHost _host;
    private int _heardBytes;

    public EpollConnectionBenchmarks()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _baselineClient = Connect((IPEndPoint)listener.LocalEndPoint!);
        _baselineServer = listener.Accept();
        _baselineServer.NoDelay = true;

        SetClock clock = new();
        (_, ChatCommands commands) = BenchmarkGateway.Create(clock);
        GatewayOptions options = new();
        TrustedProxies proxies = new(options.Proxies);
        Admission admission = new(
            new OriginPolicy(options.Origins, isBoundToLoopback: true), proxies, new ConnectionLimits(options.Limits, 10, clock), static () => true, "/ws"u8);
        // Its loop is never started: the benchmark's thread steps it.
        _host = new EpollHost(1, clock, commands, new SessionLimits(), admission, proxies, NullLogger<EpollHost>.Instance);
        ListenAddress address = new("127.0.0.1", 0, IsTls: false, IsTcpOnly: false);
        EpollTransport transport = new([address], NullLoggerFactory.Instance) { Host = _host };
        Task<IConnectionListener> bound = transport.BindAsync(new GatewayEndPoint(IPAddress.Loopback, address)).AsTask();
        _client = Connect((IPEndPoint)bound.GetAwaiter().GetResult().EndPoint);
        _client.Send(
            "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"u8.ToArray()
                .Concat("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: fastchat.msgpack.v1\r\n\r\n"u8.ToArray()).ToArray());
    }

    /// <summary>Joins, fills the log, and checks that the member gets its own message.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < 3; i++) _host.Loops[0].Turn(); // Watch the port, accept, shake hands.
        Proof.Require(_heard.AsSpan(0, _client.Receive(_heard)).StartsWith("HTTP/1.1 101 "u8), "the upgrade is answered");
        Step(ClientFrames.Join("alice", "general", WireForm.MessagePackWebSocket));
        for (int i = 0; i < 5_000; i++) Publish();
        Proof.Require(_heardBytes > 128, "the member gets its message");
        Proof.Require(_heard.AsSpan(0, _heardBytes).IndexOf("aaaaaaaa"u8) > 0, "the text is in it");
    }

    [Benchmark(Baseline = true)]
    public int SocketAlone()
    {
        _baselineServer.Send(_heard.AsSpan(0, _heardBytes));
        return _baselineClient.Receive(_heard);
    }

    [Benchmark]
    public int Publish() => Step(_publish);

    /// <summary>Closes the sockets.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        _baselineClient.Dispose();
        _baselineServer.Dispose();
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Step(byte[] frame)
    {
        _client.Send(frame);
        _host.Loops[0].Turn();
        return _heardBytes = _client.Receive(_heard);
    }

    private static Socket Connect(IPEndPoint endpoint)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(endpoint);
        return socket;
    }
}
