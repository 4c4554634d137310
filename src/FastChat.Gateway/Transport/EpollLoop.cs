// Data plane: no allocation after warm-up. See EpollConnectionBenchmarks.
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Connections;

namespace FastChat.Gateway.Transport;

/// <summary>
/// A loop of the epoll host, on a thread of its own: it waits for descriptors, reads them into the one buffer that all its connections
/// share, and sends at the end of the turn. A descriptor is watched edge-triggered and for both directions from its first to its last
/// day, so that a connection costs one call to be watched, however often it is read, sent to, or held back.
/// </summary>
/// <remarks>
/// A descriptor is known to the kernel by its slot. A slot that becomes free during a turn is used again in a later one only, so an
/// event that was already fetched finds nobody rather than somebody else.
/// </remarks>
internal sealed unsafe class EpollLoop : Loop
{
    /// <summary>Bytes that one read takes at most.</summary>
    public const int ReceiveBytesMax = 64 * 1024;

    private const int EventsMax = 512;

    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly EpollEvents _events = new(EventsMax, RuntimeInformation.ProcessArchitecture);
    private readonly EpollEvents _interest = new(1, RuntimeInformation.ProcessArchitecture);
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(ReceiveBytesMax, pinned: true);
    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private readonly TakeArrivals _takeArrivals;

    // The rest belongs to the loop's thread, but for _isWaiting and _isStopping.
    private IPolled?[] _slots = new IPolled?[64];
    private readonly Stack<int> _freeSlots = new();
    private readonly List<int> _freedSlots = [];
    private List<IPolled> _unread = [];     // Have, or may have, more than one turn may read.
    private List<IPolled> _reading = [];    // Those of this turn.
    private int _slotCount;
    private int _eventCount;
    private int _isWaiting;     // 1 from before the look for posted work until the wait is over: who posts then writes to _wakeUp.
    private volatile bool _isStopping;

    /// <param name="host">Whose, and whose buffers.</param>
    /// <param name="index">Unique among the loops of a gateway.</param>
    /// <param name="clock">Real time.</param>
    /// <param name="logger">Where faults go.</param>
    public EpollLoop(EpollHost host, int index, TimeProvider clock, ILogger logger)
        : base(index, clock, host.Buffers)
    {
        Host = host;
        _logger = logger;
        _takeArrivals = new TakeArrivals(this);
        _epoll = Check(LibC.EpollCreate());
        _wakeUp = Check(LibC.EventFd());
        // Never read: each write is an edge of its own, and its counter lasts for 2^64 of them.
        TryWatch(_wakeUp, new WakeUp(), EpollEvent.In | EpollEvent.EdgeTriggered, out _);
        _thread = new Thread(Run) { IsBackground = true, Name = $"loop {index}" };
    }

    /// <summary>Whose.</summary>
    public EpollHost Host { get; }

    /// <summary>What was read last: good until the next read on this loop.</summary>
    public Span<byte> Received => _received;

    /// <summary>Connections one after the other, for who must reach all. On the loop.</summary>
    public IEnumerable<EpollConnection> Connections => _slots.OfType<EpollConnection>();

    /// <summary>Begins to turn.</summary>
    public void Start() => _thread.Start();

    /// <summary>Waits, unless there is work, and has one turn. For the loop's thread, or who steps a loop that has none.</summary>
    public void Turn()
    {
        Wait();
        RunTurn();
    }

    /// <summary>Ends after the turn at hand, and returns when it has. What is still watched is closed with it.</summary>
    public void Stop()
    {
        _isStopping = true;
        WakeUpThread();
        if (_thread.IsAlive) _thread.Join();
        LibC.Close(_wakeUp);
        LibC.Close(_epoll);
    }

    /// <summary>Hands over a socket that was just accepted. Any thread.</summary>
    public void Take(in Arrival arrival)
    {
        _arrivals.Enqueue(arrival);
        Post(_takeArrivals);
    }

    /// <summary>Watches a descriptor. On the loop, or before <see cref="Start"/>.</summary>
    /// <returns>False when the system has no memory for it.</returns>
    public bool TryWatch(int descriptor, IPolled polled, EpollEvent events, out int slot)
    {
        if (!_freeSlots.TryPop(out slot))
        {
            slot = _slotCount++;
            if (slot == _slots.Length) Array.Resize(ref _slots, _slots.Length * 2);
        }

        _slots[slot] = polled;
        _interest.Set(0, events, slot);
        if (LibC.EpollCtl(_epoll, LibC.EpollCtlAdd, descriptor, _interest.Pointer) == 0) return true;
        Free(slot);
        return false;
    }

    /// <summary>The slot's descriptor is somebody else's from here on: a connection in place of its handshake.</summary>
    public void Replace(int slot, IPolled polled) => _slots[slot] = polled;

    /// <summary>Forgets a descriptor that stays open.</summary>
    public void Unwatch(int descriptor, int slot)
    {
        LibC.EpollCtl(_epoll, LibC.EpollCtlDel, descriptor, _interest.Pointer);
        Free(slot);
    }

    /// <summary>Closes a descriptor, which the kernel then forgets by itself.</summary>
    public void Close(int descriptor, int slot)
    {
        LibC.Close(descriptor);
        Free(slot);
    }

    /// <summary>Has <see cref="IPolled.OnEvents"/> called in the next turn, without an event.</summary>
    public void ReadLater(IPolled polled) => _unread.Add(polled);

    /// <summary>Reads into <see cref="Received"/>.</summary>
    /// <returns>Bytes read; 0 at the end; -1: see <see cref="LibC.Error"/>.</returns>
    public int Receive(int socket, int flags) => (int)LibC.Receive(socket, (void*)Marshal.UnsafeAddrOfPinnedArrayElement(_received, 0), ReceiveBytesMax, flags);

    /// <inheritdoc/>
    protected override void Wake()
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 1) WakeUpThread();
    }

    /// <inheritdoc/>
    protected override void ReadInput()
    {
        for (int i = 0; i < _eventCount; i++)
        {
            IPolled? polled = _slots[_events.SlotAt(i)];
            if (polled is not null) Guard(polled, _events.EventsAt(i));
        }

        _eventCount = 0;
        (_reading, _unread) = (_unread, _reading);
        foreach (IPolled polled in _reading) Guard(polled, EpollEvent.None);
        _reading.Clear();
        foreach (int slot in _freedSlots) _freeSlots.Push(slot);
        _freedSlots.Clear();
    }

    /// <inheritdoc/>
    protected override bool OnFault(Exception fault)
    {
        ConnectionLog.LoopFault(_logger, Index, fault);
        return true;
    }

    private void Run()
    {
        while (!_isStopping) Turn();
        foreach (IPolled? polled in _slots) polled?.OnStopped();
        while (_arrivals.TryDequeue(out Arrival arrival)) LibC.Close(arrival.Socket);
    }

    private void Wait()
    {
        // Announced before the look: who posts after the look finds it, and writes to _wakeUp.
        Interlocked.Exchange(ref _isWaiting, 1);
        bool hasWork = HasWork || _unread.Count > 0 || _isStopping;
        int timeoutMs = hasWork ? 0 : Timers.Count > 0 ? TimerWheel.TickMs : -1;
        int count = LibC.EpollWait(_epoll, _events.Pointer, EventsMax, timeoutMs);
        Interlocked.Exchange(ref _isWaiting, 0);
        if (count < 0 && LibC.Error != LibC.Eintr) throw new Win32Exception(LibC.Error, "epoll_wait");
        _eventCount = Math.Max(count, 0);
    }

    private void Guard(IPolled polled, EpollEvent events)
    {
        try
        {
            polled.OnEvents(events);
        }
        catch (Exception fault) when (OnFault(fault))
        {
            // One connection's fault must not end the others that live on this loop.
            polled.OnFault();
        }
    }

    private void Free(int slot)
    {
        _slots[slot] = null;
        _freedSlots.Add(slot);
    }

    private void WakeUpThread()
    {
        ulong one = 1;
        LibC.Write(_wakeUp, &one, sizeof(ulong));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(LibC.Error, "The epoll host cannot start.");

    /// <summary>A socket that was accepted for this loop.</summary>
    /// <param name="Socket">Owned; non-blocking.</param>
    /// <param name="Peer">Its other end.</param>
    /// <param name="Listener">Where it was accepted.</param>
    internal readonly record struct Arrival(int Socket, IPEndPoint Peer, EpollListener Listener);

    private sealed class TakeArrivals(EpollLoop loop) : LoopWork
    {
        public override void Run()
        {
            while (loop._arrivals.TryDequeue(out Arrival arrival)) EpollHandshake.Begin(loop, arrival);
        }
    }

    /// <summary>That the wait is over is all there is to it.</summary>
    private sealed class WakeUp : IPolled
    {
        public void OnEvents(EpollEvent events)
        {
        }

        public void OnFault() => throw new UnreachableException();

        public void OnStopped()
        {
        }
    }
}
