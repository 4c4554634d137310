using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Sessions;

namespace FastChat.Benchmarks.Sessions;

/// <summary>
/// A publication of a member that is alone in its room, from the bytes of its socket to the bytes that it gets: frame, decode, authorize, number, log,
/// encode, send, without a system call. Without an id, whole and cut in two; and with one, which is deduped and acked.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(Session), typeof(PartialMessage), typeof(ChatCommands))]
public class SessionBenchmarks
{
    private readonly BenchmarkGateway _gateway = new();
    private BenchmarkMember _member = null!;
    private byte[] _plain = [];
    private byte[] _withId = [];
    private int _idAt;
    private uint _maskAtId;
    private int _nextId;

    /// <summary>What the member speaks.</summary>
    [Params(nameof(WireForm.MessagePackWebSocket), nameof(WireForm.JsonWebSocket))]
    public string Form { get; set; } = nameof(WireForm.MessagePackWebSocket);

    /// <summary>Joins, fills the log and the window of ids, and checks that the member gets its own message and the ack.</summary>
    [GlobalSetup]
    public void Setup()
    {
        WireForm form = Enum.Parse<WireForm>(Form);
        _member = _gateway.Join("alice", "general", form);
        _plain = ClientFrames.Publish("general", form);
        _withId = ClientFrames.Publish("general", form, "00000000");
        _idAt = PlaceOf("00000000"u8, _withId);
        for (int i = 0; i < 5_000; i++)
        {
            Publish();
            PublishWithId();
        }

        _member.Link.KeepsLast = true;
        PublishWithId();
        string last = Encoding.Latin1.GetString(_member.Link.LastSent);
        string id = _nextId.ToString("D8", CultureInfo.InvariantCulture);
        Proof.Require(last.Split(id).Length == 3 && last.Contains(new string('a', 128), StringComparison.Ordinal), "the ack and the message leave in one send");
        Publish();
        Proof.Require(!Encoding.Latin1.GetString(_member.Link.LastSent).Contains(id, StringComparison.Ordinal), "without an id there is no ack");
        _member.Link.KeepsLast = false;
    }

    [Benchmark]
    public long Publish()
    {
        _member.Send(_plain);
        _gateway.Loop.RunTurn();
        return _member.Link.SentBytes;
    }

    [Benchmark]
    public long PublishCutInTwo()
    {
        _member.Send(_plain.AsSpan(0, 50));
        _member.Send(_plain.AsSpan(50));
        _gateway.Loop.RunTurn();
        return _member.Link.SentBytes;
    }

    [Benchmark]
    public long PublishWithId()
    {
        // Ids are forgotten after a second: there are soon no more of them.
        _gateway.Clock.Advance(TimeSpan.FromMilliseconds(1));
        _nextId = _nextId == 99_999_999 ? 0 : _nextId + 1;
        Span<byte> id = _withId.AsSpan(_idAt, 8);
        _nextId.TryFormat(id, out _, "D8", CultureInfo.InvariantCulture);
        Masking.Apply(id, _maskAtId);
        _member.Send(_withId);
        _gateway.Loop.RunTurn();
        return _member.Link.SentBytes;
    }

    /// <summary>Where the id stands in the frame, and how it is masked there.</summary>
    private int PlaceOf(ReadOnlySpan<byte> id, byte[] frame)
    {
        FrameHeader.TryRead(frame, out FrameHeader header, out int headerBytes);
        byte[] payload = frame[headerBytes..];
        Masking.Apply(payload, header.MaskKey);
        int at = payload.AsSpan().IndexOf(id);
        _maskAtId = Masking.Apply(payload.AsSpan(0, at), header.MaskKey);
        return headerBytes + at;
    }
}
