using System.IO.Pipelines;
using System.Net.Sockets;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Connections;

/// <summary>
/// Drives sessions over Kestrel's pipes: any system, TLS, and upgrades that came through HTTP. A loop for each processor; connections
/// are dealt out to them in turn and stay.
/// </summary>
internal sealed class PipeHost : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(TimerWheel.TickMs);

    private readonly PipeLoop[] _loops;
    private readonly TickWork[] _ticks;
    private readonly ISessionCommands _commands;
    private readonly SessionLimits _limits;
    private readonly ITimer _timer;
    private int _next;
    private int _isTicking; // 0 while no loop has a deadline: a tick costs the pool a thread's waking.

    /// <param name="firstLoopIndex">Of its loops; those of another host come before.</param>
    /// <param name="loopCount">At least 1.</param>
    /// <param name="clock">Real time, or a test's.</param>
    /// <param name="commands">What is done with messages.</param>
    /// <param name="limits">Limits of each connection.</param>
    /// <param name="logger">Where faults go.</param>
    public PipeHost(int firstLoopIndex, int loopCount, TimeProvider clock, ISessionCommands commands, SessionLimits limits, ILogger<PipeHost> logger)
    {
        _commands = commands;
        _limits = limits;
        _loops = new PipeLoop[loopCount];
        _ticks = new TickWork[loopCount];
        for (int i = 0; i < loopCount; i++)
        {
            _loops[i] = new PipeLoop(firstLoopIndex + i, clock, Buffers, BeginTicking, logger);
            _ticks[i] = new TickWork();
        }

        _timer = clock.CreateTimer(static host => ((PipeHost)host!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where the loops' shared buffers come from.</summary>
    public SharedBufferPool Buffers { get; } = new();

    /// <summary>The loop whose turn it is to get work.</summary>
    public PipeLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>Makes a connection of what a handshake has left; it begins with <see cref="PipeConnection.RunAsync"/>.</summary>
    /// <param name="transport">Its bytes, the handshake's consumed.</param>
    /// <param name="socket">The plain socket under them, if its output is nobody else's; else null.</param>
    /// <param name="form">What the handshake has settled on.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="greeting">What the handshake is answered with; empty when that is done.</param>
    /// <param name="cut">Ends the transport whatever is under way; needed where there is no socket.</param>
    public PipeConnection Take(IDuplexPipe transport, Socket? socket, AgreedForm form, SessionPeer peer, byte[] greeting, Action? cut = null) =>
        new(NextLoop(), transport, socket, form, _commands, _limits, peer, greeting, cut);

    /// <summary>Runs a connection on a stream that was an HTTP request before: its upgrade is answered.</summary>
    /// <param name="transport">The stream.</param>
    /// <param name="form">What the handshake has settled on.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="cut">Ends the stream whatever is under way.</param>
    /// <returns>Why it closed.</returns>
    public async Task<CloseReason> RunAsync(Stream transport, AgreedForm form, SessionPeer peer, Action cut)
    {
        await using StreamTransport pipes = new(transport);
        PipeConnection connection = Take(pipes, socket: null, form, peer, greeting: [], cut);
        await connection.RunAsync();
        return connection.Session.CloseReason;
    }

    /// <summary>Closes every connection, each with a time of its own to come back.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="returnWithin">The times to come back are spread over this.</param>
    public void CloseAll(CloseReason reason, TimeSpan returnWithin)
    {
        foreach (PipeLoop loop in _loops) loop.Post(new CloseWork(loop, reason, (int)returnWithin.TotalMilliseconds));
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void BeginTicking()
    {
        if (Volatile.Read(ref _isTicking) == 0 && Interlocked.Exchange(ref _isTicking, 1) == 0) _timer.Change(s_tick, s_tick);
    }

    private void Tick()
    {
        bool hasDeadlines = PostDue();
        if (hasDeadlines) return;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // Before the second look: a loop sets its deadline first and then asks whether the ticks run.
        Interlocked.Exchange(ref _isTicking, 0);
        if (PostDue()) BeginTicking();
    }

    private bool PostDue()
    {
        bool hasDeadlines = false;
        for (int i = 0; i < _loops.Length; i++)
        {
            // A look from outside may be a tick late, which a deadline of at least one tick allows.
            if (_loops[i].Timers.Count == 0) continue;
            _loops[i].Post(_ticks[i]);
            hasDeadlines = true;
        }

        return hasDeadlines;
    }

    private sealed class CloseWork(PipeLoop loop, CloseReason reason, int returnWithinMs) : LoopWork
    {
        public override void Run()
        {
            foreach (PipeConnection connection in loop.Connections) connection.Session.Close(reason, 1 + Random.Shared.Next(returnWithinMs));
        }
    }

    /// <summary>Nothing to do but have a turn, in which deadlines are looked at.</summary>
    private sealed class TickWork : LoopWork
    {
        public override void Run()
        {
        }
    }
}
