using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Json;

namespace FastChat.Benchmarks.Json;

/// <summary>All tokens of one client's message. The baseline is System.Text.Json's reader.</summary>
[MemoryDiagnoser]
[Covers(typeof(JsonReader))]
public class JsonReaderBenchmarks
{
    private readonly byte[] _plain = SampleMessages.Json.ToArray();
    private readonly byte[] _escaped = SampleMessages.EscapedJson.ToArray();
    private byte[] _json = [];

    /// <summary>Whether the message has escapes and data.</summary>
    [Params(false, true)]
    public bool Escapes { get; set; }

    /// <summary>Checks that both find the same tokens.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _json = Escapes ? _escaped : _plain;
        Proof.Require(Read() == ReadWithSystemTextJson() && Read() >= 12, "both find the same tokens");
    }

    [Benchmark(Baseline = true)]
    public int ReadWithSystemTextJson()
    {
        Utf8JsonReader reader = new(_json);
        int tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }

    [Benchmark]
    public int Read()
    {
        JsonReader reader = new(_json);
        int tokens = 0;
        while (reader.Read() < JsonToken.End) tokens++;
        return tokens;
    }
}
