using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Messages;

/// <summary>A publication and an ack as JSON. The baseline writes the same publication with System.Text.Json's writer.</summary>
[MemoryDiagnoser]
[Covers(typeof(JsonEncoder), typeof(JsonText))]
public class JsonEncoderBenchmarks : IDisposable
{
    private readonly ByteWriter _output = new(1024);
    private Utf8JsonWriter _json = null!;

    /// <summary>Checks that both write the same bytes.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _json = new Utf8JsonWriter(_output, new JsonWriterOptions { SkipValidation = true });
        WriteMsg();
        byte[] ours = _output.WrittenSpan.ToArray();
        WriteMsgWithSystemTextJson();
        Proof.Require(_output.WrittenSpan.SequenceEqual(ours), "both write the same");
        WriteAck();
        Proof.Require(_output.WrittenSpan.IndexOf("123456"u8) > 0, "the ack names the offset");
    }

    [Benchmark(Baseline = true)]
    public int WriteMsgWithSystemTextJson()
    {
        Publication publication = SampleMessages.Publication;
        _output.Clear();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("type"u8, "msg"u8);
        _json.WriteStartObject("payload"u8);
        _json.WriteString("user"u8, publication.User);
        _json.WriteString("text"u8, publication.Text);
        _json.WriteNumber("ts"u8, publication.TimestampMs);
        _json.WriteString("room"u8, publication.Room);
        _json.WriteString("epoch"u8, publication.Epoch);
        _json.WriteNumber("offset"u8, publication.Offset);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        return _output.Length;
    }

    [Benchmark]
    public int WriteMsg()
    {
        _output.Clear();
        JsonEncoder.Instance.WriteMsg(_output, SampleMessages.Publication, withId: false);
        return _output.Length;
    }

    [Benchmark]
    public int WriteAck()
    {
        _output.Clear();
        JsonEncoder.Instance.WriteAck(_output, "7f9c2ba4"u8, "general"u8, "k3v9xyza"u8, 123_456);
        return _output.Length;
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _json?.Dispose();
        _output.Dispose();
        GC.SuppressFinalize(this);
    }
}
