using System.Diagnostics;
using System.Text;
using FastChat.Codec.Buffers;
using FastChat.SideBySide.Wires;

namespace FastChat.SideBySide.Load;

/// <summary>All connections to one server, on one thread: joins them, publishes, and counts what comes. The same for every wire.</summary>
internal sealed class Swarm : IDisposable
{
    private const int JoiningMax = 200;
    private const int EventBytes = 16 * 512;

    private readonly int _port;
    private readonly List<Peer> _peers = [];
    private readonly List<LoadRoom> _dirty = [];
    private readonly byte[] _events = new byte[EventBytes];
    private long _receivedAt;
    private int _inCount;

    /// <param name="port">Of 127.0.0.1.</param>
    /// <param name="wire">What is spoken.</param>
    public Swarm(int port, Wire wire)
    {
        _port = port;
        Wire = wire;
        Epoll = Native.CreateEpoll();
        string protocol = wire.Subprotocol is null ? "" : $"Sec-WebSocket-Protocol: {wire.Subprotocol}\r\n";
        UpgradeRequest = Encoding.ASCII.GetBytes(
            $"GET {wire.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n");
    }

    /// <summary>What is spoken.</summary>
    public Wire Wire { get; }

    /// <summary>Rooms that have members.</summary>
    public List<LoadRoom> Rooms { get; } = [];

    /// <summary>Deliveries since <see cref="BeginMeasuring"/>.</summary>
    public long MeasuredDeliveries { get; private set; }

    /// <summary>Time from send to receipt of these.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>What went wrong; the first few.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>How often something went wrong.</summary>
    public long FaultCount { get; private set; }

    internal int Epoll { get; }

    internal byte[] ReceiveBuffer { get; } = new byte[256 * 1024];

    internal byte[] UpgradeRequest { get; }

    internal ByteWriter Scratch { get; } = new(1024);

    internal ByteWriter FrameScratch { get; } = new(1024);

    /// <summary>Adds connections, dealt out to new rooms, and waits until all are in.</summary>
    /// <param name="count">How many.</param>
    /// <param name="membersOfRoom">How many go into a room.</param>
    /// <param name="progress">Told how many are in.</param>
    /// <exception cref="TimeoutException">They do not get in.</exception>
    public void Join(int count, int membersOfRoom, Action<int> progress)
    {
        int first = _peers.Count;
        int target = _inCount + count;
        int last = _inCount;
        long lastAt = Stopwatch.GetTimestamp();
        while (_inCount < target && FaultCount == 0)
        {
            while (_peers.Count < first + count && _peers.Count - _inCount < JoiningMax) AddPeer(first, membersOfRoom);
            Pump(100);
            progress(_inCount - first);
            if (_inCount > last) (last, lastAt) = (_inCount, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(lastAt) > TimeSpan.FromSeconds(30)) throw new TimeoutException($"{_inCount - first} of {count} connections are in, and none more for half a minute.");
        }

        if (FaultCount > 0) throw new IOException($"A connection was lost while joining: {Faults[0]}");
    }

    /// <summary>Listens, and answers pings.</summary>
    public void Idle(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time) Pump(20);
    }

    /// <summary>Publishes in all rooms, so that this many messages of each are under way.</summary>
    public void PublishByWindow(int window, TimeSpan time)
    {
        foreach (LoadRoom room in Rooms) MarkDirty(room);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            foreach (LoadRoom room in _dirty)
            {
                room.IsDirty = false;
                while (room.Outstanding <= (window - 1L) * room.Members.Count) room.Members[0].Publish();
            }

            _dirty.Clear();
            Pump(20);
        }
    }

    /// <summary>Publishes at a fixed rate, room after room, whether or not anything comes back.</summary>
    public void PublishByRate(int messagesASecond, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        long total = (long)Math.Round(messagesASecond * time.TotalSeconds);
        TimeSpan elapsed;
        for (long sent = 0; (elapsed = Stopwatch.GetElapsedTime(start)) < time || sent < total;)
        {
            // What is late after a pause of this process is sent all the same: every server gets as many.
            for (; sent < total && sent <= elapsed.TotalSeconds * messagesASecond; sent++) Rooms[(int)(sent % Rooms.Count)].Members[0].Publish();
            Pump(1);
        }
    }

    /// <summary>From here on deliveries count for the figures.</summary>
    public void BeginMeasuring()
    {
        MeasuredDeliveries = 0;
        Latencies.Clear();
    }

    /// <summary>Waits for all that was published.</summary>
    /// <returns>Deliveries since the beginning.</returns>
    public long Drain()
    {
        long start = Stopwatch.GetTimestamp();
        while (Rooms.Sum(static room => room.Outstanding) > 0 && FaultCount == 0 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20)) Pump(20);
        long missing = Rooms.Sum(static room => room.Outstanding);
        if (missing != 0) AddFault($"{missing} deliveries did not come");
        return Rooms.Sum(static room => room.Delivered);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Peer peer in _peers) peer.Abort();
        Native.Close(Epoll);
        Scratch.Dispose();
        FrameScratch.Dispose();
    }

    internal void OnIn() => _inCount++;

    internal void OnDelivery(LoadRoom room, long sentAt)
    {
        room.Delivered++;
        MeasuredDeliveries++;
        Latencies.Record((long)((_receivedAt - sentAt) * (1e9 / Stopwatch.Frequency)));
        MarkDirty(room);
    }

    internal void OnOutOfOrder(string room, long expected, long came) => AddFault($"in {room} number {came} came where {expected} was due");

    internal void OnLost(string why) => AddFault($"a connection was lost: {why}");

    private void AddPeer(int first, int membersOfRoom)
    {
        int index = _peers.Count - first;
        if (index % membersOfRoom == 0) Rooms.Add(new LoadRoom($"~r{Rooms.Count}"));
        Peer peer = new(this, _peers.Count, Rooms[^1]);
        Rooms[^1].Members.Add(peer);
        _peers.Add(peer);
        peer.Connect(_port);
    }

    private void MarkDirty(LoadRoom room)
    {
        if (room.IsDirty) return;
        room.IsDirty = true;
        _dirty.Add(room);
    }

    private void AddFault(string fault)
    {
        FaultCount++;
        if (Faults.Count < 5) Faults.Add(fault);
    }

    private void Pump(int timeoutMs)
    {
        int count = Native.Wait(Epoll, _events, timeoutMs);
        _receivedAt = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            (uint kinds, int tag) = Native.EventAt(_events, i);
            _peers[tag].OnEvent(kinds);
        }
    }
}
