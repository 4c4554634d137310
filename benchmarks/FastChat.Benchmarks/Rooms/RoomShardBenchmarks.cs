using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Benchmarks.Rooms;

/// <summary>
/// One publication from the room's channel to all its members' sockets, which take everything: numbered, logged, encoded once, handed out.
/// The baseline encodes it for each member.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(Room), typeof(RoomShard), typeof(BatchQueue), typeof(Subscriber))]
public class RoomShardBenchmarks
{
    private readonly BenchmarkGateway _gateway = new();
    private readonly List<BenchmarkMember> _members = [];
    private Room _room = null!;
    private Person _author = null!;
    private WireForm _form;

    /// <summary>Members of the room.</summary>
    [Params(2, 100, 1_000)]
    public int Members { get; set; } = 100;

    /// <summary>What the members speak.</summary>
    [Params(nameof(WireForm.MessagePackWebSocket), nameof(WireForm.JsonWebSocket))]
    public string Form { get; set; } = nameof(WireForm.MessagePackWebSocket);

    /// <summary>Fills the room and its log, and checks that each member gets the message.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _form = Enum.Parse<WireForm>(Form);
        for (int i = 0; i < Members; i++) _members.Add(_gateway.Join($"u{i}", "general", _form));
        _room = _gateway.MakeRoom("general"u8);
        _author = new Person(new PersonId(7), "alice"u8, "alice");
        // The presence lane speaks last of those who joined; from here on the clock stands still.
        _gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        _gateway.RunUntilIdle();
        // Until the room's log has its full size, appending makes it grow.
        for (int i = 0; i < 3_000; i++) Publish();
        long[] before = [.. _members.Select(static member => member.Link.SentBytes)];
        Publish();
        Proof.Require(_members.Index().All(member => member.Item.Link.SentBytes > before[member.Index] + SampleMessages.Text.Length), "each gets it");
        Proof.Require(_gateway.Loop.Buffers.LeasedCount == 0, "no buffer stays behind");
    }

    [Benchmark(Baseline = true)]
    public long EncodeForEach()
    {
        IMessageEncoder encoder = WireForms.EncoderOf(_form);
        long sent = 0;
        foreach (BenchmarkMember member in _members)
        {
            _gateway.Loop.Scratch.Clear();
            int start = FrameWriter.Begin(_gateway.Loop.Scratch, _form);
            encoder.WriteMsg(_gateway.Loop.Scratch, SampleMessages.Publication, withId: false);
            FrameWriter.End(_gateway.Loop.Scratch, _form, start);
            sent += member.Link.Send(_gateway.Loop.Scratch.WrittenSpan);
        }

        return sent;
    }

    [Benchmark]
    public long Publish()
    {
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Author = _author };
        _room.TryPublish(_gateway.Loop, entry, new Publication { TimestampMs = 1_700_000_000_123, User = _author.Name, Text = SampleMessages.Text });
        _gateway.RunUntilIdle();
        return _room.Head;
    }
}
