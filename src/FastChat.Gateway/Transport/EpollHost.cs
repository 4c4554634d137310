using System.Globalization;
using System.Net;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Transport;

/// <summary>
/// Drives sessions on plain sockets of Linux: a thread and an interest list for each processor, on which a connection reads, decides and
/// sends, and leaves nothing behind but its session while it idles. Kestrel gets what is not the gateway's, and never sees the rest.
/// </summary>
internal sealed class EpollHost : IDisposable
{
    private readonly EpollLoop[] _loops;
    private readonly ISessionCommands _commands;
    private readonly SessionLimits _limits;
    private readonly TrustedProxies _proxies;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next;
    private uint _number;
    private int _openCount;
    private bool _isDraining;

    /// <param name="loopCount">At least 1.</param>
    /// <param name="clock">Real time.</param>
    /// <param name="commands">What is done with messages.</param>
    /// <param name="limits">Limits of each connection.</param>
    /// <param name="admission">Says who may come in.</param>
    /// <param name="proxies">Who may put a PROXY header ahead of a connection.</param>
    /// <param name="logger">Where faults and ends go.</param>
    public EpollHost(
        int loopCount, TimeProvider clock, ISessionCommands commands, SessionLimits limits, Admission admission, TrustedProxies proxies,
        ILogger<EpollHost> logger)
    {
        _commands = commands;
        _limits = limits;
        _proxies = proxies;
        _logger = logger;
        Admission = admission;
        _loops = new EpollLoop[loopCount];
        for (int i = 0; i < loopCount; i++) _loops[i] = new EpollLoop(this, i, clock, logger);
    }

    /// <summary>Whether this system has what it takes.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Where the loops' shared buffers come from.</summary>
    public SharedBufferPool Buffers { get; } = new();

    /// <summary>Says who may come in.</summary>
    public Admission Admission { get; }

    /// <summary>Time for a connection to show what it is.</summary>
    public TimeSpan HandshakeTimeout => _limits.HandshakeTimeout;

    /// <summary>The loops; indexes from 0.</summary>
    public IReadOnlyList<EpollLoop> Loops => _loops;

    /// <summary>Connections that are open, without handshakes.</summary>
    public int OpenCount => Volatile.Read(ref _openCount);

    /// <summary>Begins: from here on each loop runs on its thread.</summary>
    public void Start()
    {
        foreach (EpollLoop loop in _loops) loop.Start();
    }

    /// <summary>The loop whose turn it is to get work.</summary>
    public EpollLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>A number for the log.</summary>
    public uint NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>Whether the log tells of each connection's end.</summary>
    public bool LogsEnds => _logger.IsEnabled(LogLevel.Debug);

    /// <summary>Whether a PROXY header of this peer is believed.</summary>
    public bool IsTrusted(IPAddress peer) => _proxies.Contains(peer);

    /// <summary>The protocol of a connection.</summary>
    public Session NewSession(Loop loop, AgreedForm form, Link link, SessionPeer peer) => new(loop, form, link, _commands, _limits, peer);

    /// <summary>One more connection.</summary>
    public void OnOpened() => Interlocked.Increment(ref _openCount);

    /// <summary>A connection has ended, its socket is closed.</summary>
    public void OnClosed(EpollConnection connection)
    {
        Admission.Leave(connection.Session.Peer);
        if (connection.Peer is not null)
            ConnectionLog.Closed(_logger, IdOf(connection.Number), connection.Peer, CloseReasons.Text(connection.Session.CloseReason));
        if (Interlocked.Decrement(ref _openCount) == 0 && Volatile.Read(ref _isDraining)) _empty.TrySetResult();
    }

    /// <summary>Logs that a connection ended before it was one.</summary>
    public void LogNotBegun(uint number, IPEndPoint peer, string why)
    {
        if (LogsEnds) ConnectionLog.NotBegun(_logger, IdOf(number), peer, why);
    }

    /// <summary>Closes every connection, each with a time of its own to come back.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="returnWithin">The times to come back are spread over this.</param>
    public void CloseAll(CloseReason reason, TimeSpan returnWithin)
    {
        foreach (EpollLoop loop in _loops) loop.Post(new CloseWork(loop, reason, (int)returnWithin.TotalMilliseconds));
    }

    /// <summary>Ends when every connection has, or with <paramref name="stopping"/>.</summary>
    public async Task DrainAsync(CancellationToken stopping)
    {
        Volatile.Write(ref _isDraining, true);
        Interlocked.MemoryBarrier(); // The last to leave sees this, or is seen.
        if (OpenCount == 0) return;
        await _empty.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EpollLoop loop in _loops) loop.Stop();
    }

    private static string IdOf(uint number) => string.Create(CultureInfo.InvariantCulture, $"E{number}");

    private sealed class CloseWork(EpollLoop loop, CloseReason reason, int returnWithinMs) : LoopWork
    {
        public override void Run()
        {
            foreach (EpollConnection connection in loop.Connections) connection.Session.Close(reason, 1 + Random.Shared.Next(returnWithinMs));
        }
    }
}
