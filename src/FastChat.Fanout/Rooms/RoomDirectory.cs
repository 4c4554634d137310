using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Rooms;

/// <summary>All rooms of the gateway. Any thread.</summary>
internal sealed class RoomDirectory
{
    private const int GateCount = 1024;
    private const int IdleBatchesMax = 4096;

    private readonly ConcurrentDictionary<RoomId, Room> _rooms = new(new RoomId.Comparer());
    private readonly ConcurrentDictionary<RoomId, Room>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly Func<RoomId, RoomPolicy> _policyOf;
    private readonly TimeProvider _clock;
    private readonly Random _random;            // Guarded by _randomGate.
    private readonly Lock _randomGate = new();
    private readonly Lock _batchGate = new();
    private readonly Stack<Batch> _idleBatches = new();     // Guarded by _batchGate, which is taken last.
    private readonly Lock[] _gates = new Lock[GateCount];
    private int _count;
    private int _leasedBatches;
    private int _memberships;
    private IEnumerator<KeyValuePair<RoomId, Room>>? _tidying;  // One caller at a time, see Tidy.

    /// <param name="settings">Limits and times.</param>
    /// <param name="policyOf">Finds a room's policy by its id.</param>
    /// <param name="clock">Real or virtual time.</param>
    /// <param name="random">Makes epochs.</param>
    public RoomDirectory(FanoutSettings settings, Func<RoomId, RoomPolicy> policyOf, TimeProvider clock, Random random)
    {
        Settings = settings;
        _policyOf = policyOf;
        _clock = clock;
        _random = random;
        _byBytes = _rooms.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < GateCount; i++) _gates[i] = new Lock();
    }

    /// <summary>Limits and times of all rooms.</summary>
    public FanoutSettings Settings { get; }

    /// <summary>Rooms that exist.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Members of all rooms together; a connection counts once in each of its rooms.</summary>
    public int MembershipCount => Volatile.Read(ref _memberships);

    /// <summary>Batches under way; 0 when nothing is.</summary>
    public int LeasedBatchCount => Volatile.Read(ref _leasedBatches);

    /// <summary>The room of that id, if there is one.</summary>
    public bool TryFind(ReadOnlySpan<byte> id, [NotNullWhen(true)] out Room? room) => _byBytes.TryGetValue(id, out room);

    /// <summary>The room of that id, made if there is none.</summary>
    /// <param name="id">A valid room id.</param>
    /// <param name="maker">Whose allowance of new rooms counts; null for the gateway itself.</param>
    /// <param name="room">The room.</param>
    /// <returns>Why there is none: <see cref="ErrorCode.UnknownRoom"/>, <see cref="ErrorCode.TooManyRoomsMade"/> or <see cref="ErrorCode.Overloaded"/>.</returns>
    public ErrorCode FindOrMake(ReadOnlySpan<byte> id, Person? maker, out Room? room)
    {
        if (_byBytes.TryGetValue(id, out room)) return ErrorCode.None;
        if (!Settings.CreateOnJoin) return ErrorCode.UnknownRoom;
        if (Count >= Settings.RoomsMax) return ErrorCode.Overloaded;
        if (maker is not null && !maker.RoomMaking.TryTake(NowMs(), Settings.RoomsMadePerHour / 3600.0, Settings.RoomsMadePerHour, out _))
            return ErrorCode.TooManyRoomsMade;

        RoomId newId = new(id);
        Room made = new(this, newId, _policyOf(newId), CreateEpoch());
        room = _rooms.GetOrAdd(newId, made);
        if (ReferenceEquals(room, made)) Interlocked.Increment(ref _count);
        return ErrorCode.None;
    }

    /// <summary>Looks after some of the rooms: drops what their retention has ended. Called regularly, by one caller at a time.</summary>
    /// <param name="roomsMax">Most rooms looked at in this call.</param>
    public void Tidy(int roomsMax)
    {
        long unixMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < roomsMax; i++)
        {
            _tidying ??= _rooms.GetEnumerator();
            if (!_tidying.MoveNext())
            {
                _tidying.Dispose();
                _tidying = null;
                return;
            }

            _tidying.Current.Value.Tidy(unixMs, NowMs());
        }
    }

    /// <summary>The gate of a room; rooms of the same hash share one, so that an idle room costs none of its own.</summary>
    internal Lock GateOf(RoomId id) => _gates[id.GetHashCode() & (GateCount - 1)];

    /// <summary>The room has retired, under its gate: the next who asks for its id gets a new one.</summary>
    internal void Forget(Room room)
    {
        if (_rooms.TryRemove(KeyValuePair.Create(room.Id, room))) Interlocked.Decrement(ref _count);
    }

    /// <summary>A room got a member (1) or lost one (-1).</summary>
    internal void CountMembership(int change) => Interlocked.Add(ref _memberships, change);

    internal Batch RentBatch(Room room, bool isEphemeral)
    {
        Batch? batch;
        lock (_batchGate) _idleBatches.TryPop(out batch);
        batch ??= new Batch();
        Interlocked.Increment(ref _leasedBatches);
        batch.Open(room, isEphemeral);
        return batch;
    }

    internal void ReturnBatch(Batch batch)
    {
        Interlocked.Decrement(ref _leasedBatches);
        lock (_batchGate)
        {
            if (_idleBatches.Count < IdleBatchesMax) _idleBatches.Push(batch);
        }
    }

    private RoomEpoch CreateEpoch()
    {
        lock (_randomGate) return RoomEpoch.Create(_random);
    }

    private long NowMs() => (long)_clock.GetElapsedTime(0).TotalMilliseconds;
}
