using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Kit;

/// <summary>Rooms and loops under virtual time.</summary>
internal sealed class RoomWorld
{
    private readonly List<TestMember> _members = [];
    private readonly Random _random = new(7);
    private long _nextPerson = 1;

    public RoomWorld(RoomPolicy? policy = null, FanoutSettings? settings = null, int loopCount = 2, TurnBudget? budget = null)
    {
        RoomPolicy shared = policy ?? new RoomPolicy();
        Settings = settings ?? new FanoutSettings();
        Rooms = new RoomDirectory(Settings, _ => shared, Time, _random);
        Loops = [.. Enumerable.Range(0, loopCount).Select(index => new TestLoop(index, Time, Buffers) { Budget = budget ?? TurnBudget.Default })];
    }

    public VirtualTime Time { get; } = new();

    public FanoutSettings Settings { get; }

    public SharedBufferPool Buffers { get; } = new();

    public RoomDirectory Rooms { get; }

    public TestLoop[] Loops { get; }

    public Room Room(string id = "r")
    {
        Assert.Equal(ErrorCode.None, Rooms.FindOrMake(Utf8(id), null, out Room? room));
        return room!;
    }

    public Person Person(string name) => new(new PersonId(_nextPerson++), Utf8(name), name);

    /// <summary>A connection that is in no room yet.</summary>
    public TestMember Connect(string name, int loop = 0, WireForm form = WireForm.MessagePackTcp, int outboxBytesMax = 64 * 1024, Person? person = null, byte windowBits = 0)
    {
        TestMember member = new(Loops[loop], person ?? Person(name), form, outboxBytesMax, windowBits);
        _members.Add(member);
        return member;
    }

    /// <summary>A new member; its answer is still to be heard.</summary>
    public TestMember Join(
        string name, string room = "r", int loop = 0, WireForm form = WireForm.MessagePackTcp, int outboxBytesMax = 64 * 1024, Person? person = null,
        byte windowBits = 0)
    {
        TestMember member = Connect(name, loop, form, outboxBytesMax, person, windowBits);
        Enter(member, room);
        return member;
    }

    /// <summary>Joins, as a connection or again.</summary>
    public void Enter(TestMember member, string room = "r", (string Epoch, long Offset)? since = null, int limit = -1, string key = "")
    {
        JoinRequest request = new()
        {
            HasSince = since is not null, SinceEpoch = Utf8(since?.Epoch ?? ""), SinceOffset = since?.Offset ?? 0, Limit = limit, Key = Utf8(key),
        };
        if (member.FindMembership(Utf8(room)) is Membership membership) membership.Room.AnswerRepeatedJoin(membership, request);
        else while (!Room(room).TryJoin(member, request)) ;
    }

    /// <summary>Joins at a position, and gives the answer.</summary>
    public Heard Resume(TestMember member, (string Epoch, long Offset)? since = null, int limit = -1, string room = "r")
    {
        Enter(member, room, since, limit);
        Run();
        return Assert.Single(member.Listen(), static heard => heard.Type == MessageType.History);
    }

    public void Publish(TestMember member, string text, string id = "", string room = "r", bool excludesSelf = false)
    {
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = member, Author = member.Person, ExcludesPublisher = excludesSelf, AwaitsAnswer = true };
        Publication publication = new() { TimestampMs = member.Loop.NowUnixMs, User = member.Person!.Name, Id = Utf8(id), Text = Utf8(text) };
        Assert.True(member.FindMembership(Utf8(room))!.Room.TryPublish(member.Loop, entry, publication));
    }

    public void PublishEphemeral(TestMember member, string text, string kind = "", string id = "", bool excludesSelf = false, string room = "r")
    {
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = member, Author = member.Person, ExcludesPublisher = excludesSelf };
        Publication publication = new() { TimestampMs = member.Loop.NowUnixMs, User = member.Person!.Name, Text = Utf8(text), Kind = Utf8(kind), Id = Utf8(id) };
        Assert.True(Room(room).TryPublishEphemeral(member.Loop, entry, publication));
    }

    /// <summary>Turns all loops until none has anything to do at this time.</summary>
    public void Run()
    {
        do
        {
            foreach (TestLoop loop in Loops) loop.RunTurn();
        }
        while (Loops.Any(static loop => loop.HasWork));
    }

    public void Pass(double milliseconds)
    {
        for (double passed = 0; passed < milliseconds; passed += 50)
        {
            Time.Advance(TimeSpan.FromMilliseconds(Math.Min(50, milliseconds - passed)));
            Run();
        }
    }

    /// <summary>Ends all connections and asserts that nothing is left of them.</summary>
    public void End()
    {
        foreach (TestMember member in _members)
        {
            if (!member.IsEnded) member.End();
        }

        Run();
        Pass(Settings.ReconnectGrace.TotalMilliseconds + 500);
        Assert.Equal(0, Buffers.LeasedCount);
        Assert.Equal(0, Rooms.LeasedBatchCount);
        Assert.All(Loops, static loop => Assert.Equal(0, loop.Timers.Count));
    }

    public static string EpochOf(Room room) => Encoding.ASCII.GetString(RoomEpoch.Text(in room.Epoch));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
