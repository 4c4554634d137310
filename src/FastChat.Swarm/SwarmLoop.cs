using System.Collections.Concurrent;
using FastChat.Codec.WebSockets;
using FastChat.Swarm.Connections;
using FastChat.Swarm.Measures;
using FastChat.Swarm.Sockets;

namespace FastChat.Swarm;

/// <summary>One thread that serves a part of a swarm's connections: connects them, publishes through them, checks and times what comes.</summary>
/// <remarks>
/// Everything is its thread's but <see cref="Post"/>, <see cref="CpuMicroseconds"/> and <see cref="LastJoinedAt"/>. A publish is timed from when it
/// was to be sent, not from when this thread came to it, so a loop that is late measures its own lateness too.
/// </remarks>
internal sealed partial class SwarmLoop : IMessageSink, IDisposable
{
    private const int TickMs = 20, SocketsBetweenCommands = 16;
    private static readonly ReceiveLimits Limits = new(messageBytesMax: 64 << 20, fragmentsMax: 1024);

    private readonly SwarmOptions _options;
    private readonly ISocketDriver _driver;
    private readonly ClientFrames _frames;
    private readonly SwarmConnection[] _connections;
    private readonly int _publisherCount;
    private readonly System.Net.IPAddress[] _sources;
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ReadySocket[] _ready = new ReadySocket[512];
    private readonly byte[] _buffer = GC.AllocateArray<byte>(256 * 1024, pinned: true);
    private readonly byte[] _text;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SwarmCounts _counts = new();
    private SwarmConnection _current;    // The one whose bytes are being read.
    private long _now;                   // When they were read.
    private long _nextTick;
    private long _cpuMicroseconds;
    private long _lastJoinedAt;
    private int _isAsleep;
    private volatile bool _isStopping;

    /// <param name="options">The whole swarm's.</param>
    /// <param name="connections">This loop's part, publishers first; their tokens are their places.</param>
    /// <param name="publisherCount">How many of them may publish.</param>
    /// <param name="number">Which loop it is.</param>
    public SwarmLoop(SwarmOptions options, SwarmConnection[] connections, int publisherCount, int number)
    {
        _options = options;
        _connections = connections;
        _publisherCount = publisherCount;
        _current = connections[0];
        _text = SwarmText.Blank(options.TextBytes);
        _frames = new ClientFrames(options.Target);
        _sources = SourceAddresses.For(options.Target.Remote.Address, options.Connections, options.FirstIndex);
        _driver = OperatingSystem.IsLinux() && !options.Portable ? new EpollDriver() : new PortableDriver();
        // Above normal: what it is late by is in every figure.
        _thread = new Thread(Run) { Name = $"swarm-{number}", IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>CPU time that the thread has used; where the system does not tell, time that it did not wait.</summary>
    public long CpuMicroseconds => Interlocked.Read(ref _cpuMicroseconds);

    /// <summary>When the newest join was answered.</summary>
    public long LastJoinedAt => Interlocked.Read(ref _lastJoinedAt);

    public void Start() => _thread.Start();

    /// <summary>Has the thread do something, soon; from any thread.</summary>
    public void Post(Action command)
    {
        _commands.Enqueue(command);
        if (Interlocked.Exchange(ref _isAsleep, 0) == 1) _driver.Wake();
    }

    /// <summary>Has the thread work something out.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => answer.SetResult(question()));
        return answer.Task;
    }

    /// <summary>What was counted since the last time. On the thread.</summary>
    public SwarmCounts Take()
    {
        SwarmCounts taken = _counts;
        taken.Open = _connections.Count(connection => connection.State != SwarmState.Closed);
        taken.Joined = _connections.Count(connection => connection.State == SwarmState.Joined);
        _counts = new SwarmCounts();
        return taken;
    }

    /// <summary>Closes all connections and ends the thread.</summary>
    public Task StopAsync()
    {
        Post(() => _isStopping = true);
        return _thread.ThreadState.HasFlag(ThreadState.Unstarted) ? Task.CompletedTask : _ended.Task;
    }

    public void Dispose() => _driver.Dispose();

    private void Run()
    {
        try
        {
            while (!_isStopping) Turn();
            foreach (SwarmConnection connection in _connections) End(connection, abort: true);
            _ended.SetResult();
        }
        catch (Exception error)
        {
            // A fault of the generator itself: whoever awaits the loop gets it, and its figures are worth nothing.
            _ended.SetException(error);
            foreach (SwarmConnection connection in _connections) connection.Waiter?.TrySetException(error);
            foreach (PendingPublish publish in _pending.Values) publish.Source.TrySetException(error);
        }
    }

    private void Turn()
    {
        int timeoutMs = (int)Math.Clamp((_nextTick - Clock.Now) / 1000, 0, TickMs);
        Volatile.Write(ref _isAsleep, 1);
        if (!_commands.IsEmpty) timeoutMs = 0;
        long before = Clock.Now;
        int count = _driver.Wait(_ready, timeoutMs);
        Volatile.Write(ref _isAsleep, 0);
        _now = Clock.Now;
        long waited = _now - before;
        for (int i = 0; i < count; i++)
        {
            Serve(_ready[i]);
            // What is to be sent does not wait for a thousand sockets to be read.
            if (i % SocketsBetweenCommands == 0) DoCommands();
        }
        DoCommands();
        // After all that were ready: a socket that is new has no part in what was ready before it.
        Connect();
        if (_now >= _nextTick) Tick();
        long cpu = ThreadCpu.Read();
        Interlocked.Exchange(ref _cpuMicroseconds, cpu >= 0 ? cpu : _cpuMicroseconds + Clock.Now - before - waited);
    }

    private void DoCommands()
    {
        while (_commands.TryDequeue(out Action? command)) command();
    }

    private void Tick()
    {
        _nextTick = _now + (TickMs * 1000);
        ExpirePublishes();
        foreach (SwarmConnection connection in _connections)
        {
            if (_now < connection.Due) continue;
            if (connection.State is SwarmState.Connecting or SwarmState.Upgrading or SwarmState.Joining) Lose(connection, "handshake timeout");
            else if (connection is { State: SwarmState.Closed, Wanted: true, IsQueued: false }) Queue(connection);
        }
    }

    private void Serve(ReadySocket ready)
    {
        SwarmConnection connection = _connections[ready.Token];
        if (connection.State == SwarmState.Closed) return;
        if (connection.State == SwarmState.Connecting)
        {
            if (ready.CanWrite) OnConnected(connection);
            return;
        }
        if (ready.CanWrite && connection.Unsent is not null && !Flush(connection)) return;
        if (ready.CanRead) Read(connection);
    }

    private void Read(SwarmConnection connection)
    {
        int count = _driver.Receive(connection.Handle, _buffer);
        if (count == ISocketDriver.WouldBlock) return;
        if (count <= 0)
        {
            Lose(connection, connection.CloseName is string name ? $"closed: {name}" : count == 0 ? "ended by the gateway" : "reset");
            return;
        }
        _now = Clock.Now;
        _current = connection;
        _counts.Bytes += count;
        Feed(connection, _buffer.AsSpan(0, count));
    }

    /// <returns>False when the connection was lost over it.</returns>
    private bool Send(SwarmConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (connection.Unsent is byte[] waiting)
        {
            connection.Unsent = [.. waiting, .. bytes];
            return true;
        }
        int sent = _driver.Send(connection.Handle, bytes);
        if (sent == ISocketDriver.Broken)
        {
            Lose(connection, "reset");
            return false;
        }
        if (sent == bytes.Length) return true;
        connection.Unsent = bytes[Math.Max(sent, 0)..].ToArray();
        Watch(connection);
        return true;
    }

    private bool Flush(SwarmConnection connection)
    {
        byte[] unsent = connection.Unsent!;
        connection.Unsent = null;
        if (!Send(connection, unsent)) return false;
        if (connection.Unsent is null) Watch(connection);
        return true;
    }

    private void Watch(SwarmConnection connection) =>
        _driver.Watch(connection.Handle, connection.Token, read: connection.Reads, write: connection.Unsent is not null);
}
