using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.WebSockets;

/// <summary>Checking a text of 150 bytes, whole and cut within a character. The baseline is .NET's, which must have all at once.</summary>
[MemoryDiagnoser]
[Covers(typeof(Utf8Checker))]
public class Utf8CheckerBenchmarks
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Grüße aus Köln, €5. ", 7)));

    /// <summary>Checks that both agree, on what is no UTF-8 too.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Proof.Require(Whole() && CutInACharacter() && AllAtOnce(), "it is UTF-8");
        _text[2] = 0xFF;
        Proof.Require(!Whole() && !CutInACharacter() && !AllAtOnce(), "a byte that cannot be is found");
        _text[2] = 0xC3;
        Proof.Require(Whole() && _text[3] == 0xBC, "the cut is within a character");
    }

    [Benchmark(Baseline = true)]
    public bool AllAtOnce() => Utf8.IsValid(_text);

    [Benchmark]
    public bool Whole()
    {
        Utf8Checker checker = default;
        return checker.Append(_text) && checker.IsComplete;
    }

    [Benchmark]
    public bool CutInACharacter()
    {
        Utf8Checker checker = default;
        return checker.Append(_text.AsSpan(0, 3)) && checker.Append(_text.AsSpan(3)) && checker.IsComplete;
    }
}
