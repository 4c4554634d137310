using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastChat.Benchmarks.Connections;

/// <summary>
/// The pipe host: a publication of a member that is alone in its room, from the pipe that Kestrel fills to the other end of a real socket. The
/// baseline sends and receives as many bytes on the same socket.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(PipeConnection), typeof(SocketLink))]
public class PipeConnectionBenchmarks : IDisposable
{
    private readonly byte[] _publish = ClientFrames.Publish("general", WireForm.MessagePackWebSocket);
    private readonly byte[] _heard = new byte[4096];
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: new Dropping(), writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly Socket _server;
    private readonly Socket _client;
    private readonly PipeConnection _connection;
    private readonly PipeLoop _loop;
    private int _heardBytes;

    public PipeConnectionBenchmarks()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client.Connect(listener.LocalEndPoint!);
        _server = listener.Accept();
        _server.NoDelay = true;
        SetClock clock = new();
        (_, ChatCommands commands) = BenchmarkGateway.Create(clock);
        _loop = new PipeLoop(0, clock, new SharedBufferPool(), static () => { }, NullLogger.Instance);
        _connection = new PipeConnection(
            _loop, new Transport(_pipe.Reader), _server, WireForm.MessagePackWebSocket, commands, new SessionLimits(),
            new SessionPeer(IPAddress.Loopback, IsExempt: true), [], cut: null);
    }

    /// <summary>Joins, fills the log, and checks that the member gets its own message.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Step(ClientFrames.Join("alice", "general", WireForm.MessagePackWebSocket));
        for (int i = 0; i < 5_000; i++) Publish();
        Proof.Require(_heardBytes > 128, "the member gets its message");
        Proof.Require(_heard.AsSpan(0, _heardBytes).IndexOf("aaaaaaaa"u8) > 0, "the text is in it");
    }

    [Benchmark(Baseline = true)]
    public int SocketAlone()
    {
        _server.Send(_heard.AsSpan(0, _heardBytes));
        return _client.Receive(_heard);
    }

    [Benchmark]
    public int Publish() => Step(_publish);

    /// <summary>Closes the sockets.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Step(byte[] frame)
    {
        frame.CopyTo(_pipe.Writer.GetSpan(frame.Length));
        _pipe.Writer.Advance(frame.Length);
        ValueTask<FlushResult> flushed = _pipe.Writer.FlushAsync();
        if (!flushed.IsCompleted) throw new InvalidOperationException("The pipe is full: nothing reads it.");
        flushed.GetAwaiter().GetResult();
        _connection.Run();
        _loop.RunTurn();
        return _heardBytes = _client.Receive(_heard);
    }

    /// <summary>Nobody is told that there is something to read: the benchmark is the loop's thread and knows.</summary>
    private sealed class Dropping : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state)
        {
        }
    }

    private sealed class Transport(PipeReader input) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output => throw new InvalidOperationException("It sends on the socket.");
    }
}
