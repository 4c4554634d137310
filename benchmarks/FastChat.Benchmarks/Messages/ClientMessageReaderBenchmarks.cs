using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Messages;

/// <summary>Decoding what a client sends. The baseline takes the text out of the plain JSON with a document of System.Text.Json.</summary>
[MemoryDiagnoser]
[Covers(typeof(ClientMessageReader), typeof(ClientFields), typeof(MessagePackFields), typeof(JsonEnvelope))]
public class ClientMessageReaderBenchmarks : IDisposable
{
    private readonly ByteWriter _messagePack = new(1024);
    private readonly ByteWriter _scratch = new(1024);
    private readonly byte[] _json = SampleMessages.Json.ToArray();
    private readonly byte[] _escapedJson = SampleMessages.EscapedJson.ToArray();

    /// <summary>Checks that each finds what is said.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ClientMessageWriter.Write(_messagePack, SampleMessages.FromClient);
        int textBytes = SampleMessages.Text.Length;
        Proof.Require(ReadMessagePack() == textBytes && ReadJson() == textBytes && ReadJsonDocument() == textBytes, "the text is found");
        Proof.Require(ReadJsonWithEscapes() > 40, "text and data are found");
    }

    [Benchmark(Baseline = true)]
    public int ReadJsonDocument()
    {
        using JsonDocument document = JsonDocument.Parse(_json);
        return document.RootElement.GetProperty("payload"u8).GetProperty("text"u8).GetString()!.Length;
    }

    [Benchmark]
    public int ReadMessagePack()
    {
        ClientMessageReader.ReadMessagePack(_messagePack.WrittenSpan, out ClientMessage message, out _, out _);
        return message.Text.Length;
    }

    [Benchmark]
    public int ReadJson()
    {
        ClientMessageReader.ReadJson(_json, _scratch, out ClientMessage message, out _);
        return message.Text.Length;
    }

    [Benchmark]
    public int ReadJsonWithEscapes()
    {
        ClientMessageReader.ReadJson(_escapedJson, _scratch, out ClientMessage message, out _);
        return message.Text.Length + message.Data.Length;
    }

    /// <summary>Gives the buffers back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _messagePack.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}
