using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastChat.Benchmarks;

/// <summary>One loop of the pipe host over loopback sockets, with a quiet room and, if wanted, a flooded one; the other ends are threads of its own.</summary>
internal sealed class FloodRig : IDisposable
{
    private const int PublisherCount = 8;
    private const WireForm Form = WireForm.MessagePackWebSocket;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly PipeHost _host;
    private readonly List<Socket> _near = [];
    private readonly List<Task> _connections = [];
    private readonly List<Thread> _threads = [];
    private readonly Socket _quietWriter, _quietReader;
    private long _crowdBytes;
    private volatile bool _isOver;

    public FloodRig(TurnBudget budget, int crowdSize)
    {
        (_, ChatCommands commands) = BenchmarkGateway.Create(TimeProvider.System);
        _host = new PipeHost(0, 1, TimeProvider.System, commands, new SessionLimits(), NullLogger<PipeHost>.Instance);
        _host.NextLoop().Budget = budget;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(128);
        _quietWriter = Join("writer", "quiet");
        _quietReader = Join("reader", "quiet");
        Socket[] crowd = [.. Enumerable.Range(0, crowdSize).Select(i => Join($"member {i}", "flooded"))];
        if (crowdSize == 0) return;
        Start(() => Drain(crowd));
        Start(() => Flood(crowd[..PublisherCount]));
    }

    /// <summary>Bytes that the flooded room's members have got.</summary>
    public long CrowdBytes => Volatile.Read(ref _crowdBytes);

    /// <summary>Sends and awaits messages of the quiet room, one at a time.</summary>
    /// <returns>For each the milliseconds from its sending to its arrival.</returns>
    public List<double> MeasureQuietRoom(TimeSpan time)
    {
        byte[] publish = ClientFrames.Publish("quiet", Form);
        byte[] received = new byte[4096];
        // What is still to come of the joins.
        Thread.Sleep(500);
        while (_quietReader.Available > 0) _quietReader.Receive(received);
        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            long sent = Stopwatch.GetTimestamp();
            _quietWriter.Send(publish);
            for (int got = 0; got < 128;) got += _quietReader.Receive(received);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            while (_quietWriter.Available > 0) _quietWriter.Receive(received);
            Thread.Sleep(2);
        }

        return times;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        foreach (Socket socket in _near) socket.Dispose();
        foreach (Thread thread in _threads) thread.Join();
        Task.WaitAll([.. _connections], TimeSpan.FromSeconds(10));
        _host.Dispose();
        _listener.Dispose();
    }

    private Socket Join(string user, string room)
    {
        Socket near = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.Connect(_listener.LocalEndPoint!);
        Socket far = _listener.Accept();
        far.NoDelay = true;
        _near.Add(near);
        _connections.Add(RunAsync(far));
        near.Send(ClientFrames.Join(user, room, Form));
        near.Receive(new byte[4096]); // The history, perhaps with more behind it.
        return near;
    }

    private async Task RunAsync(Socket far)
    {
        await using NetworkStream stream = new(far, ownsSocket: true);
        await using StreamTransport transport = new(stream);
        await _host.Take(transport, far, Form, new SessionPeer(IPAddress.Loopback, IsExempt: true), greeting: []).RunAsync();
    }

    private void Start(Action work)
    {
        Thread thread = new(() => work()) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Drain(Socket[] crowd)
    {
        byte[] received = new byte[256 * 1024];
        foreach (Socket socket in crowd) socket.Blocking = false;
        while (!_isOver)
        {
            bool isIdle = true;
            foreach (Socket socket in crowd)
            {
                try
                {
                    int count = socket.Receive(received, SocketFlags.None, out SocketError error);
                    if (error != SocketError.Success) continue;
                    isIdle = false;
                    Volatile.Write(ref _crowdBytes, _crowdBytes + count);
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }

            if (isIdle) Thread.Sleep(1);
        }
    }

    private void Flood(Socket[] publishers)
    {
        byte[] publish = ClientFrames.Publish("flooded", Form);
        byte[] many = new byte[publish.Length * 20];
        for (int i = 0; i < many.Length; i += publish.Length) publish.CopyTo(many, i);
        int[] sent = new int[publishers.Length];
        while (!_isOver)
        {
            bool isFull = true;
            for (int i = 0; i < publishers.Length; i++)
            {
                try
                {
                    int count = publishers[i].Send(many, sent[i], many.Length - sent[i], SocketFlags.None, out SocketError error);
                    if (error != SocketError.Success) continue;
                    isFull = false;
                    sent[i] = (sent[i] + count) % many.Length;
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }

            if (isFull) Thread.Sleep(1);
        }
    }
}
