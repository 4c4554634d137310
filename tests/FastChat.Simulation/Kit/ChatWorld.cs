using System.Net;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Simulation.Kit;

/// <summary>A whole gateway without sockets, under virtual time: what a test sets, and the peers that it connects.</summary>
internal sealed class ChatWorld
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private readonly List<Peer> _peers = [];

    public ChatWorld(
        FanoutSettings? fanout = null, RoomPolicy? policy = null, SessionLimits? session = null, ChatLimits? chat = null, int loopCount = 2, int seed = 1,
        TurnBudget? budget = null)
    {
        Fanout = fanout ?? new FanoutSettings();
        RoomPolicy shared = policy ?? new RoomPolicy();
        Rooms = new RoomDirectory(Fanout, _ => shared, Time, new Random(seed));
        Persons = new PersonDirectory(Fanout, Time);
        ChatCommands commands = new(Rooms, Persons, new GuestKeys(SigningKeys.InMemory()), chat ?? new ChatLimits());
        Host = new MemoryHost(loopCount, Time, commands, session ?? new SessionLimits(), budget);
    }

    public VirtualTime Time { get; } = new();

    public FanoutSettings Fanout { get; }

    public RoomDirectory Rooms { get; }

    public PersonDirectory Persons { get; }

    public MemoryHost Host { get; }

    /// <summary>A new connection of a peer that no rate limit holds for, unless it says so.</summary>
    public Peer Connect(WireForm form = WireForm.MessagePackWebSocket, int loop = 0, bool isExempt = true, byte windowBits = 0)
    {
        byte[] greeting = form == WireForm.MessagePackTcp ? TcpPreface.Frame.ToArray() : [];
        Peer peer = new(Host.Connect(loop, new AgreedForm(form, windowBits), new SessionPeer(IPAddress.Loopback, isExempt), greeting), form);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>A new connection that has joined <paramref name="room"/> and heard its answer.</summary>
    public Peer Join(string user, string room = "r", WireForm form = WireForm.MessagePackWebSocket, int loop = 0, byte windowBits = 0)
    {
        Peer peer = Connect(form, loop, windowBits: windowBits);
        peer.Send(new Command(MessageType.Join) { User = user, Room = room });
        Run();
        Assert.Contains(peer.Listen(), static heard => heard.Type == MessageType.History);
        return peer;
    }

    /// <summary>Runs all that can run now.</summary>
    public void Run() => Host.RunUntilIdle();

    /// <summary>Lets time pass, tick by tick.</summary>
    public void Pass(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            Time.Advance(passed + Step <= time ? Step : time - passed);
            Run();
        }
    }

    /// <summary>Ends all connections, waits for the grace time, and asserts that nothing is left of them.</summary>
    public void End()
    {
        foreach (Peer peer in _peers) peer.Connection.Reset();
        Run();
        Pass(Fanout.ReconnectGrace + TimeSpan.FromSeconds(1));
        Assert.Equal(0, Host.Buffers.LeasedCount);
        Assert.Equal(0, Rooms.LeasedBatchCount);
        Assert.All(Host.Loops, static loop => Assert.Equal(0, loop.Timers.Count));
    }
}
