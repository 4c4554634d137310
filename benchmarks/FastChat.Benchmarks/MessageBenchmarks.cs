using BenchmarkDotNet.Attributes;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks;

/// <summary>One chat message of a few words: what a client sends is decoded, what its members get is encoded and framed.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(1024);
    private readonly ByteWriter _scratch = new(1024);
    private readonly byte[] _json =
        """{"type":"msg","payload":{"id":"7f9c2ba4","room":"general","text":"Shall we meet at the usual place, around seven?"}}"""u8.ToArray();
    private readonly byte[] _escapedJson =
        """{"type":"msg","payload":{"id":"7f9c2ba4","room":"general","text":"\u00dcbrigens: \"sieben\" passt.\nBis dann!","data":{"x":1,"y":[true,2.5]}}}"""u8.ToArray();
    private byte[] _messagePack = [];

    /// <summary>Encodes the messages and checks that decoding gives back what was encoded.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ClientMessageReader.ReadJson(_json, _scratch, out ClientMessage message, out _);
        _output.Clear();
        ClientMessageWriter.Write(_output, message);
        _messagePack = _output.WrittenSpan.ToArray();
        Require(DecodeMessagePack() == message.Text.Length && DecodeJson() == message.Text.Length && DecodeJsonWithEscapes() > 0);
        EncodeMessagePack();
        Require(ServerMessageReader.TryRead(_output.WrittenSpan[2..], out ServerMessage delivered, out _) && delivered.Text.SequenceEqual(message.Text));
        EncodeJson();
        Require(_output.WrittenSpan.IndexOf(message.Text) > 0);
    }

    [Benchmark(Baseline = true)]
    public int DecodeMessagePack()
    {
        ClientMessageReader.ReadMessagePack(_messagePack, out ClientMessage message, out _, out _);
        return message.Text.Length;
    }

    [Benchmark]
    public int DecodeJson()
    {
        ClientMessageReader.ReadJson(_json, _scratch, out ClientMessage message, out _);
        return message.Text.Length;
    }

    [Benchmark]
    public int DecodeJsonWithEscapes()
    {
        ClientMessageReader.ReadJson(_escapedJson, _scratch, out ClientMessage message, out _);
        return message.Text.Length + message.Data.Length;
    }

    [Benchmark]
    public int EncodeMessagePack() => Encode(MessagePackEncoder.Instance, WireForm.MessagePackWebSocket);

    [Benchmark]
    public int EncodeJson() => Encode(JsonEncoder.Instance, WireForm.JsonWebSocket);

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Encode(IMessageEncoder encoder, WireForm form)
    {
        Publication publication = new()
        {
            Room = "general"u8, Epoch = "k3v9"u8, Offset = 123_456, TimestampMs = 1_700_000_000_123, User = "alice"u8,
            Text = "Shall we meet at the usual place, around seven?"u8,
        };
        _output.Clear();
        int start = FrameWriter.Begin(_output, form);
        encoder.WriteMsg(_output, publication, withId: false);
        FrameWriter.End(_output, form, start);
        return _output.Length;
    }

    private static void Require(bool good)
    {
        if (!good) throw new InvalidOperationException("The codec does not give back what it was given.");
    }
}
