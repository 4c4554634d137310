using System.Globalization;
using System.Net;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Benchmarks;

/// <summary>A gateway whose connections have no transport: what is left is what the chat itself keeps of them.</summary>
internal sealed class IdleGateway
{
    private readonly SetClock _clock = new();
    private readonly TakingLink _nowhere = new();
    private readonly SteppedLoop _loop;
    private readonly RoomDirectory _rooms;
    private readonly ChatCommands _commands;
    private readonly SessionLimits _limits = new();
    private readonly Session[] _sessions;

    public IdleGateway(int sessionCount)
    {
        RoomPolicy policy = new();
        FanoutSettings settings = new();
        _rooms = new RoomDirectory(settings, _ => policy, _clock, new Random(1));
        _commands = new ChatCommands(_rooms, new PersonDirectory(settings, _clock), new GuestKeys(SigningKeys.InMemory()), new ChatLimits());
        _loop = new SteppedLoop(_clock, new SharedBufferPool());
        _sessions = new Session[sessionCount];
    }

    /// <summary>Connects all, each from an address of its own.</summary>
    public void Connect(WireForm form)
    {
        for (int i = 0; i < _sessions.Length; i++)
        {
            SessionPeer peer = new(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), IsExempt: true);
            _sessions[i] = new Session(_loop, form, _nowhere, _commands, _limits, peer);
            _sessions[i].Start([]);
            if (i % 100 == 99) _loop.RunTurn();
        }

        _loop.RunTurn();
    }

    /// <summary>Each joins a room, <paramref name="roomSize"/> of them the same, under a name of its own.</summary>
    public void Join(int roomSize, string prefix)
    {
        for (int i = 0; i < _sessions.Length; i++)
        {
            string user = string.Create(CultureInfo.InvariantCulture, $"user{i:D6}");
            string room = string.Create(CultureInfo.InvariantCulture, $"{prefix}{i / roomSize}");
            _sessions[i].Receive(ClientFrames.Join(user, room, _sessions[i].Form));
            if (i % 100 == 99) _loop.RunTurn();
        }

        // Until the notices of who came have gone out, and the gateway has tidied.
        for (int i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            _loop.RunTurn();
        }

        _rooms.Tidy(int.MaxValue);
    }
}
