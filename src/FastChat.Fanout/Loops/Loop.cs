// Data plane: no allocation after warm-up. See LoopBenchmarks.
using FastChat.Codec.Buffers;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Loops;

/// <summary>
/// One thread's worth of work, at any time run by at most one thread: connections, their outboxes and each room's members on it
/// belong to one loop and need no lock. A host decides which thread: the pool (pipe host), a thread of its own (epoll host),
/// or the test that steps it (memory host).
/// </summary>
/// <remarks>
/// A turn is: due deadlines, what was posted, what has come in, then the rooms that were published to (numbered, logged, encoded), then
/// their delivery, then what is left in control lanes. Whatever gathers while a turn runs is one batch of the next. Delivery and catching up are bounded
/// by <see cref="Budget"/>: rooms are served round robin, a part each, and what is left goes on in the next turn, behind its input.
/// </remarks>
internal abstract class Loop
{
    private const int IdleWritersMax = 1024;

    private readonly TimeProvider _clock;
    private readonly long _startMs;
    private readonly List<Room> _publishedRooms = [];
    private readonly List<Room> _heldUpRooms = [];          // Drained in the next turn.
    private readonly Queue<RoomShard> _dueShards = new();
    private readonly Queue<Subscriber> _cursors = new();
    private readonly List<Subscriber> _unflushed = [];
    private readonly Stack<ByteWriter> _idleWriters = [];

    // How far FinishTurn is in each list, and what it may still spend.
    private int _nextPublished, _nextUnflushed, _budgetLeft;

    // Pushed to by any thread, taken whole by the loop: newest first.
    private LoopWork? _posted;

    /// <param name="index">From 0, unique among the loops of a gateway: names the slot of a room's members.</param>
    /// <param name="clock">Real or virtual time.</param>
    /// <param name="buffers">Where shared buffers come from.</param>
    protected Loop(int index, TimeProvider clock, SharedBufferPool buffers)
    {
        Index = index;
        Buffers = buffers;
        _clock = clock;
        ReadClock();
        _startMs = NowMs;
    }

    /// <summary>From 0, unique among the loops of a gateway.</summary>
    public int Index { get; }

    /// <summary>Source of shared buffers; thread-safe.</summary>
    public SharedBufferPool Buffers { get; }

    /// <summary>Deadlines of what lives on this loop. Loop only.</summary>
    public TimerWheel Timers { get; } = new();

    /// <summary>Room to put one message or send together; its content is nobody's after the call that filled it. Loop only.</summary>
    public ByteWriter Scratch { get; } = new(4096);

    /// <summary>A second one, for what a decoder unescapes while <see cref="Scratch"/> takes an answer. Loop only.</summary>
    public ByteWriter DecodeScratch { get; } = new(4096);

    /// <summary>Compresses messages; made when the first one is to be. Loop only.</summary>
    public Deflater Deflater => field ??= new Deflater();

    /// <summary>Milliseconds of the clock that all loops share, as of this turn. Loop only.</summary>
    public long NowMs { get; private set; }

    /// <summary>Wall clock as of this turn, Unix milliseconds: a time stamp, never an order. Loop only.</summary>
    public long NowUnixMs { get; private set; }

    /// <summary>What a turn may send. Set before the first turn.</summary>
    public TurnBudget Budget { get; set; } = TurnBudget.Default;

    /// <summary>Whether something was posted that no turn has taken yet. Any thread.</summary>
    public bool HasPosted => Volatile.Read(ref _posted) is not null;

    /// <summary>Whether the turn's budget left something undone, or something was posted: the host is to run the next turn without waiting. Loop only.</summary>
    public bool HasWork => HasPosted || _dueShards.Count + _cursors.Count + _heldUpRooms.Count > 0;

    /// <summary>Has <paramref name="work"/> run in a turn of this loop. Any thread. Posting what is already posted does nothing.</summary>
    public void Post(LoopWork work)
    {
        if (!work.TryBeginPost()) return;
        LoopWork? head = Volatile.Read(ref _posted);
        while (true)
        {
            work.NextPosted = head;
            LoopWork? seen = Interlocked.CompareExchange(ref _posted, work, head);
            if (ReferenceEquals(seen, head)) break;
            head = seen;
        }

        // Whoever made the queue non-empty wakes the loop; the others find it awake.
        if (head is null) Wake();
    }

    /// <summary>At the end of this turn, what was published to <paramref name="room"/> is numbered and delivered. Loop only.</summary>
    public void DrainLater(Room room) => _publishedRooms.Add(room);

    /// <summary>What <paramref name="room"/> gathered while it was held up is numbered and delivered at the end of the next turn, with what that reads. Loop only.</summary>
    public void DrainNextTurn(Room room) => _heldUpRooms.Add(room);

    /// <summary>The batches waiting in <paramref name="shard"/> go to its members when its turn among the due rooms comes. Loop only.</summary>
    public void DeliverLater(RoomShard shard) => _dueShards.Enqueue(shard);

    /// <summary><paramref name="subscriber"/> is sent pages of the rooms that it is behind in when its turn among the others comes. Loop only.</summary>
    public void CatchUpLater(Subscriber subscriber) => _cursors.Enqueue(subscriber);

    /// <summary>At the end of this turn, the control lane of <paramref name="subscriber"/> is sent unless a delivery took it along. Loop only.</summary>
    public void FlushLater(Subscriber subscriber) => _unflushed.Add(subscriber);

    /// <summary>An empty writer that holds no array yet; to be given back when what is in it has gone. Loop only.</summary>
    public ByteWriter RentWriter() => _idleWriters.TryPop(out ByteWriter? writer) ? writer : new ByteWriter();

    /// <summary>Takes a writer back. Its array goes to the pool at once. Loop only.</summary>
    public void ReturnWriter(ByteWriter writer)
    {
        writer.Dispose();
        if (_idleWriters.Count < IdleWritersMax) _idleWriters.Push(writer);
    }

    /// <summary>Runs one turn. Called by the host, on one thread at a time.</summary>
    public void RunTurn()
    {
        ReadClock();
        // Before anything sets a deadline: one is counted from the tick that the wheel stands at.
        RunTimers();
        RunPosted();
        ReadInput();
        FinishTurn();
    }

    /// <summary>Makes a thread call <see cref="RunTurn"/> soon. Any thread.</summary>
    protected abstract void Wake();

    /// <summary>Feeds connections what has come for them, on a host that does not post them when it has.</summary>
    protected virtual void ReadInput()
    {
    }

    /// <summary>Something that this loop ran has thrown: a fault of ours, to be logged as an error.</summary>
    /// <returns>True to go on with the next piece of work; false to let the exception through (tests).</returns>
    protected abstract bool OnFault(Exception fault);

    private void ReadClock()
    {
        NowMs = (long)_clock.GetElapsedTime(0).TotalMilliseconds;
        NowUnixMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private void RunTimers()
    {
        bool again = true;
        while (again)
        {
            again = false;
            try
            {
                Timers.Advance(NowMs - _startMs);
            }
            catch (Exception fault) when (OnFault(fault))
            {
                // As below; the wheel goes on behind the deadline that failed.
                again = true;
            }
        }
    }

    private void RunPosted()
    {
        LoopWork? newestFirst = Interlocked.Exchange(ref _posted, null);
        LoopWork? next = null;
        while (newestFirst is not null)
        {
            LoopWork? older = newestFirst.NextPosted;
            newestFirst.NextPosted = next;
            next = newestFirst;
            newestFirst = older;
        }

        while (next is not null)
        {
            LoopWork work = next;
            next = work.NextPosted;
            work.NextPosted = null;
            work.EndPost();
            try
            {
                work.Run();
            }
            catch (Exception fault) when (OnFault(fault))
            {
                // One connection's fault must not end the others that live on this loop.
            }
        }
    }

    private void FinishTurn()
    {
        _budgetLeft = Budget.Sends;
        _publishedRooms.AddRange(_heldUpRooms);
        _heldUpRooms.Clear();
        // Delivery may close a slow consumer, whose leaving is told on the ephemeral lane of another room: hence the loop.
        while (_publishedRooms.Count + _unflushed.Count > 0 || (_budgetLeft > 0 && _dueShards.Count + _cursors.Count > 0))
        {
            try
            {
                FinishStages();
            }
            catch (Exception fault) when (OnFault(fault))
            {
                // The stage goes on behind what failed: its counter was moved before the call.
            }
        }
    }

    private void FinishStages()
    {
        while (_nextPublished < _publishedRooms.Count) _publishedRooms[_nextPublished++].Drain(this);
        Restart(_publishedRooms, ref _nextPublished);
        while (_budgetLeft > 0 && _dueShards.Count + _cursors.Count > 0)
        {
            VisitShard();
            VisitCursors();
        }

        while (_nextUnflushed < _unflushed.Count) _unflushed[_nextUnflushed++].FlushControl();
        Restart(_unflushed, ref _nextUnflushed);
    }

    private void VisitShard()
    {
        if (!_dueShards.TryDequeue(out RoomShard? shard)) return;
        try
        {
            _budgetLeft -= shard.Deliver(Budget.RoomSends);
        }
        finally
        {
            // Behind all others; after a fault of ours too.
            if (shard.IsDue) _dueShards.Enqueue(shard);
        }
    }

    /// <summary>Those who catch up share what one room may spend.</summary>
    private void VisitCursors()
    {
        for (int left = Budget.RoomSends; left > 0 && _cursors.TryDequeue(out Subscriber? subscriber);)
        {
            int cost = subscriber.CatchUp();
            left -= cost;
            _budgetLeft -= cost;
        }
    }

    private static void Restart<T>(List<T> done, ref int next)
    {
        done.Clear();
        next = 0;
    }
}
