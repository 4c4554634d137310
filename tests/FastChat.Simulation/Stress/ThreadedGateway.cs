using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Model;
using Microsoft.Extensions.Logging;

namespace FastChat.Simulation.Stress;

/// <summary>The pipe host on the thread pool, its connections over real sockets and over pipes, without Kestrel and handshakes.</summary>
internal sealed class ThreadedGateway : IDisposable
{
    private readonly Socket _listener = SocketSettings.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentBag<Task> _running = [];
    private readonly FaultLog _faults = new();

    public ThreadedGateway(int loopCount, RoomPolicy policy, FanoutSettings fanout, SessionLimits session)
    {
        Rooms = new RoomDirectory(fanout, _ => policy, TimeProvider.System, new Random(1));
        ChatCommands commands = new(Rooms, new PersonDirectory(fanout, TimeProvider.System), new GuestKeys(SigningKeys.InMemory()), new ChatLimits());
        Host = new PipeHost(0, loopCount, TimeProvider.System, commands, session, _faults);
        _listener.Listen(128);
    }

    public RoomDirectory Rooms { get; }

    public PipeHost Host { get; }

    /// <summary>What the loops reported as faults of ours.</summary>
    public IReadOnlyCollection<string> Faults => _faults.Messages;

    /// <summary>Ends when all connections so far have.</summary>
    public Task AllOver => Task.WhenAll(_running);

    public Wire ConnectPipe(WireForm form)
    {
        PipeWire wire = new(form);
        _running.Add(RunAsync(wire.Far, null, form));
        return wire;
    }

    public Wire ConnectSocket(WireForm form)
    {
        Socket near = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        lock (_listener)
        {
            near.Connect(_listener.LocalEndPoint!);
            _running.Add(RunSocketAsync(_listener.Accept(), form));
        }

        return new SocketWire(near, form);
    }

    public void Dispose()
    {
        Host.Dispose();
        _listener.Dispose();
    }

    private async Task RunSocketAsync(Socket far, WireForm form)
    {
        await using NetworkStream stream = new(far, ownsSocket: true);
        await using StreamTransport transport = new(stream);
        await RunAsync(transport, far, form);
    }

    private async Task RunAsync(IDuplexPipe transport, Socket? socket, WireForm form)
    {
        byte[] greeting = form == WireForm.MessagePackTcp ? TcpPreface.Frame.ToArray() : [];
        await Host.Take(transport, socket, form, new SessionPeer(IPAddress.Loopback, IsExempt: true), greeting).RunAsync();
        await transport.Output.CompleteAsync();
        await transport.Input.CompleteAsync();
    }

    private sealed class FaultLog : ILogger<PipeHost>
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error) Messages.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }
}
