using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Kit;

namespace FastChat.Simulation.Model;

/// <summary>
/// One run of a whole gateway and its clients, all of it following from a seed: clients come, go, talk, repeat themselves, read slowly,
/// break off and fall silent; then everything is put right, and what they saw is compared.
/// </summary>
internal sealed class ChatSimulation
{
    private readonly Random _random;
    private readonly ChatWorld _world;
    private readonly Truth _truth;
    private readonly string[] _rooms;
    private readonly List<ModelClient> _clients = [];
    private readonly List<ModelClient> _observers = [];
    private readonly Mischief _mischief;
    private readonly List<SystemMessage> _systemMessages = [];
    private HashCode _trace;

    public ChatSimulation(int seed)
    {
        _random = new Random(seed);
        _world = WorldOf(_random, seed);
        _truth = new Truth(new Names(_world.Time, _world.Fanout.GuestNameHold));
        _rooms = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(static i => $"r{i}"), "unwatched"];
        _mischief = new Mischief(_random, _rooms, _clients);
        int personCount = _random.Next(2, 12);
        for (int i = 0; i < personCount; i++)
        {
            _clients.Add(ClientOf($"p{i}", "a"));
            if (_random.Next(3) == 0) _clients.Add(ClientOf($"p{i}", "b"));
        }
    }

    /// <summary>Follows from all that was heard: equal for equal seeds.</summary>
    public int Trace => _trace.ToHashCode();

    /// <summary>Messages that the rooms have taken.</summary>
    public long PublicationCount { get; private set; }

    public void Run()
    {
        foreach (string room in _rooms[..^1]) Observe(room);
        int stepCount = _random.Next(30, 150);
        for (int i = 0; i < stepCount; i++) Step();
        Settle();
        Check();
        End();
    }

    private static ChatWorld WorldOf(Random random, int seed)
    {
        RoomPolicy policy = new()
        {
            Retention = new RoomRetention(random.Next(2) == 0 ? 1000 : random.Next(1, 50), random.Next(2) == 0 ? 256 * 1024 : random.Next(200, 5000), TimeSpan.MaxValue),
            HistoryMax = random.Next(2) == 0 ? 100 : random.Next(0, 20),
            SlowConsumer = (SlowConsumer)random.Next(3),
            PresenceEventsMax = random.Next(4) == 0 ? 3 : 100,
            DeflateBytesMin = random.Next(3) switch { 0 => 1, 1 => random.Next(50, 500), _ => int.MaxValue },
        };
        SessionLimits session = new()
        {
            OutboxBytesMax = random.Next(3) switch { 0 => 1024 * 1024, 1 => random.Next(200, 1000), _ => random.Next(1000, 20_000) },
            AnswerBytesMax = random.Next(2) == 0 ? 256 * 1024 : random.Next(200, 4000),
            UnansweredPublishesMax = random.Next(2) == 0 ? 256 : random.Next(1, 20),
            UnansweredBytesMax = random.Next(2) == 0 ? 1024 * 1024 : random.Next(100, 3000),
        };
        // Who watches a room must miss nothing: loops that are not turned for long are cut off only where the log reaches far.
        bool isLogLong = policy.Retention is { MessagesMax: 1000, BytesMax: 256 * 1024 } && policy.SlowConsumer == SlowConsumer.CatchUp;
        FanoutSettings fanout = new() { LoopLagMax = isLogLong ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromDays(1) };
        return new ChatWorld(fanout, policy, session, new ChatLimits(), random.Next(1, 5), seed, BudgetOf(new Random(~seed)));
    }

    /// <summary>Mostly so small that deliveries stop after a member or two, and joins, leaves and losses fall between.</summary>
    private static TurnBudget BudgetOf(Random random) =>
        random.Next(4) == 0 ? TurnBudget.Default : new TurnBudget(random.Next(1, 12), random.Next(1, 5));

    private ModelClient ClientOf(string name, string idPrefix)
    {
        WireForm form = (WireForm)_random.Next(WireForms.Count);
        return new ModelClient(name, idPrefix, () => WireOf(form), _truth);
    }

    private MemoryWire WireOf(WireForm form)
    {
        byte[] greeting = form == WireForm.MessagePackTcp ? TcpPreface.Frame.ToArray() : [];
        SessionPeer peer = new(System.Net.IPAddress.Loopback, IsExempt: true);
        AgreedForm agreed = new(form, (byte)(form.MayDeflate() ? _random.Next(7, 16) is int bits and > 7 ? bits : 0 : 0));
        MemoryConnection connection = _world.Host.Connect(_random.Next(_world.Host.Loops.Count), agreed, peer, greeting);
        connection.SendsHead = _random.Next(2) == 0;
        return new MemoryWire(connection, form);
    }

    /// <summary>Has somebody in the room from before the first to after the last message, who loses nothing.</summary>
    private void Observe(string room)
    {
        ModelClient observer = ClientOf($"watcher of {room}", "w");
        _observers.Add(observer);
        observer.Connect(_random);
        observer.Join(_random, room);
        observer.Move(_random, all: true);
        _world.Run();
        observer.Move(_random, all: true);
    }

    private void Step()
    {
        for (int i = _random.Next(6); i > 0; i--) _mischief.Act(_clients[_random.Next(_clients.Count)]);
        if (_random.Next(10) == 0) Say(_rooms[_random.Next(_rooms.Length)]);
        foreach (ModelClient client in _clients) client.Move(_random, all: _random.Next(3) == 0);
        Turn();
        foreach (ModelClient observer in _observers) observer.Move(_random, all: true);
        PassTime(_random.Next(30) == 0 ? TimeSpan.FromSeconds(_random.Next(1, 9)) : TimeSpan.FromMilliseconds(_random.Next(100)));
    }

    /// <summary>Some loops, in any order, perhaps more than once: what they do to each other falls between.</summary>
    private void Turn()
    {
        IReadOnlyList<Loop> loops = _world.Host.Loops;
        for (int i = _random.Next(1, 2 * loops.Count); i > 0; i--) loops[_random.Next(loops.Count)].RunTurn();
    }

    /// <summary>The gateway itself says something, without a connection.</summary>
    private void Say(string room)
    {
        SystemMessage message = new(_world, room, _world.Host.Loops[_random.Next(_world.Host.Loops.Count)], $"news {_systemMessages.Count}");
        _systemMessages.Add(message);
    }

    private void PassTime(TimeSpan time)
    {
        for (TimeSpan left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _world.Time.Advance(left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
            if (time >= TimeSpan.FromSeconds(1)) Turn();
        }
    }

    /// <summary>All come back, read all, and repeat what was not acked; those half-open are found out.</summary>
    private void Settle()
    {
        // The half-open are found out after a minute.
        for (int second = 0; second < 70 || !_clients.All(static client => client.IsSettled); second++)
        {
            Truth.Require(second < 400, $"not settled: {string.Join("; ", _clients.Where(static client => !client.IsSettled))}");
            foreach (ModelClient client in _clients.Concat(_observers))
            {
                if (client.Wire is null)
                {
                    _mischief.Return(client);
                    if (client.Rooms.Count == 0) client.Join(_random, _rooms[0]);
                }

                client.Wire!.SetWindow(int.MaxValue);
                client.Move(_random, all: true);
            }

            _world.Run();
            _world.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private void Check()
    {
        foreach (SystemMessage message in _systemMessages) Truth.Require(message.Offset > 0, $"{message.Text} was not answered");
        foreach (ModelClient observer in _observers)
        {
            RoomView view = observer.Rooms.Values.Single();
            Room room = Find(view.Room);
            Truth.Require(view.Run.Count == room.Head, $"{observer.User} saw {view.Run.Count} of {room.Head}");
            _truth.Check(view.Room, Encoding.ASCII.GetString(Fanout.Log.RoomEpoch.Text(in room.Epoch)), view.Run);
            PublicationCount += room.Head;
            foreach ((string user, string text) in view.Run) _trace.Add(user + text);
            CheckPresence(observer, view.Room);
        }

        foreach (ModelClient client in _clients)
        {
            foreach (RoomView view in client.RoomsIn)
            {
                Truth.Require(view.Position!.Value.Offset == Find(view.Room).Head, $"{client.User} is at {view.Position} of {Find(view.Room).Head} in {view.Room}");
            }
        }
    }

    private void CheckPresence(ModelClient observer, string room)
    {
        observer.Wire!.Send(new Command(MessageType.Presence) { Room = room });
        observer.Move(_random, all: true);
        _world.Run();
        observer.Move(_random, all: true);
        SortedSet<string> present = new(StringComparer.Ordinal) { observer.User };
        foreach (ModelClient client in _clients)
        {
            if (client.RoomsIn.Any(view => view.Room == room)) present.Add(client.User);
        }

        Truth.Require(present.SetEquals(observer.Listed[room]), $"in {room} are {string.Join(' ', present)}, listed are {string.Join(' ', observer.Listed[room])}");
        present.Remove(observer.User);
        if (Find(room).Policy.PresenceEventsMax < 100) return;
        SortedSet<string> noticed = observer.Noticed.GetValueOrDefault(room) ?? [];
        Truth.Require(present.SetEquals(noticed), $"in {room} are {string.Join(' ', present)}, noticed were {string.Join(' ', noticed)}");
    }

    private void End()
    {
        foreach (ModelClient client in _clients.Concat(_observers)) client.Wire!.Reset();
        _world.Run();
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        _world.Run();
        _world.Rooms.Tidy(1000);
        _world.End();
        foreach (string room in _rooms)
        {
            if (_world.Rooms.TryFind(Encoding.ASCII.GetBytes(room), out Room? found)) Truth.Require(found.Head > 0, $"{room} is empty and has not vanished");
        }
    }

    private Room Find(string room)
    {
        Truth.Require(_world.Rooms.TryFind(Encoding.ASCII.GetBytes(room), out Room? found), $"{room} has vanished");
        return found!;
    }

    private sealed class SystemMessage : LoopWork, IPublisher
    {
        private readonly ChatWorld _world;
        private readonly string _room;
        private readonly Loop _loop;

        public SystemMessage(ChatWorld world, string room, Loop loop, string text)
        {
            _world = world;
            _room = room;
            _loop = loop;
            Text = text;
            loop.Post(this);
        }

        public string Text { get; }

        public long Offset { get; private set; }

        public override void Run()
        {
            BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = this, AwaitsAnswer = true };
            Publication publication = new() { TimestampMs = _loop.NowUnixMs, User = "system"u8, Text = Encoding.ASCII.GetBytes(Text) };
            Room? room;
            do
            {
                Truth.Require(_world.Rooms.FindOrMake(Encoding.ASCII.GetBytes(_room), null, out room) == ErrorCode.None, "no room");
            }
            while (!room!.TryPublish(_loop, entry, publication));
        }

        public void OnPublished(Room room, long offset, ReadOnlySpan<byte> id, int recordBytes)
        {
            Truth.Require(Offset == 0, $"{Text} was answered twice");
            Offset = offset;
        }
    }
}
