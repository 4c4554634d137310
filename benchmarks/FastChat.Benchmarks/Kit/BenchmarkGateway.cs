using System.Net;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Benchmarks.Kit;

/// <summary>A gateway on one loop, stepped by the benchmark: everything but sockets and threads.</summary>
internal sealed class BenchmarkGateway
{
    private readonly SteppedLoop _loop;
    private readonly ChatCommands _commands;

    public BenchmarkGateway()
    {
        _loop = new SteppedLoop(Clock, new SharedBufferPool());
        (Rooms, _commands) = Create(Clock);
    }

    /// <summary>Stands still until it is moved.</summary>
    public SetClock Clock { get; } = new();

    /// <summary>All rooms.</summary>
    public RoomDirectory Rooms { get; }

    /// <summary>Where everything lives.</summary>
    public Loop Loop => _loop;

    /// <summary>What a gateway is made of but its host. Ids are remembered for a second, so that their window is soon as large as it gets.</summary>
    public static (RoomDirectory Rooms, ChatCommands Commands) Create(TimeProvider clock)
    {
        FanoutSettings settings = new() { DedupeWindow = TimeSpan.FromSeconds(1) };
        RoomDirectory rooms = new(settings, static _ => new RoomPolicy(), clock, new Random(1));
        GuestKeys keys = new(SigningKeys.InMemory());
        return (rooms, new ChatCommands(rooms, new PersonDirectory(settings, clock), keys, new ChatLimits()));
    }

    /// <summary>A member of a room that has its history.</summary>
    public BenchmarkMember Join(string user, string room, WireForm form)
    {
        TakingLink link = new();
        Session session = new(_loop, form, link, _commands, new SessionLimits(), new SessionPeer(IPAddress.Loopback, IsExempt: true));
        BenchmarkMember member = new(session, link);
        session.Start([]);
        member.Send(ClientFrames.Join(user, room, form));
        RunUntilIdle();
        Proof.Require(session.FindMembership(System.Text.Encoding.ASCII.GetBytes(room)) is not null, $"{user} is in {room}");
        return member;
    }

    /// <summary>Makes a room that nobody is in.</summary>
    public Room MakeRoom(ReadOnlySpan<byte> id)
    {
        Rooms.FindOrMake(id, null, out Room? room);
        return room!;
    }

    /// <summary>Turns until nothing is left to do at this time.</summary>
    public void RunUntilIdle()
    {
        do _loop.RunTurn();
        while (_loop.HasWork);
    }
}
