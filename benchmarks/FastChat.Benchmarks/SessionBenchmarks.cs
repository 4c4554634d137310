using BenchmarkDotNet.Attributes;
using FastChat.Codec.Messages;
using FastChat.Gateway.Connections;

namespace FastChat.Benchmarks;

/// <summary>One publication of a member that is alone in its room: frame, decode, number, log, encode, send, without a system call.</summary>
[MemoryDiagnoser]
public class SessionBenchmarks
{
    private readonly BenchmarkGateway _gateway = new();
    private MemoryConnection _member = null!;
    private byte[] _publish = [];

    /// <summary>What the member speaks.</summary>
    [Params(nameof(WireForm.MessagePackWebSocket), nameof(WireForm.JsonWebSocket))]
    public string Form { get; set; } = nameof(WireForm.MessagePackWebSocket);

    /// <summary>Joins, and checks that the member gets its own message.</summary>
    [GlobalSetup]
    public void Setup()
    {
        WireForm form = Enum.Parse<WireForm>(Form);
        _member = _gateway.Join("alice", "general", form);
        _publish = BenchmarkGateway.Publish("general", form);
        Publish();
        if (_member.TakeSent().Length < 128) throw new InvalidOperationException("The member got nothing.");
        _member.DiscardsSent = true;
        for (int i = 0; i < 5000; i++) Publish();
    }

    /// <summary>One message there and back.</summary>
    [Benchmark]
    public void Publish()
    {
        _member.Receive(_publish);
        _gateway.Host.RunUntilIdle();
    }
}
