using BenchmarkDotNet.Attributes;
using FastChat.Codec.Messages;
using FastChat.Gateway.Connections;

namespace FastChat.Benchmarks;

/// <summary>One publication to a room of 100 members, from the publisher's frame to the members' sockets, which are memory: no system call is in it.</summary>
[MemoryDiagnoser]
public class FanoutBenchmarks
{
    private readonly BenchmarkGateway _gateway = new();
    private readonly List<MemoryConnection> _members = [];
    private byte[] _publish = [];

    /// <summary>What the members speak.</summary>
    [Params(nameof(WireForm.MessagePackWebSocket), nameof(WireForm.JsonWebSocket))]
    public string Form { get; set; } = nameof(WireForm.MessagePackWebSocket);

    /// <summary>Fills the room and checks that each member gets the message.</summary>
    [GlobalSetup]
    public void Setup()
    {
        WireForm form = Enum.Parse<WireForm>(Form);
        for (int i = 0; i < 100; i++) _members.Add(_gateway.Join($"u{i}", "general", form));
        _publish = BenchmarkGateway.Publish("general", form);
        Publish();
        if (_members.Exists(member => member.TakeSent().Length < 128)) throw new InvalidOperationException("A member got nothing.");
        foreach (MemoryConnection member in _members) member.DiscardsSent = true;
        // Until the room's log has its full size, appending makes it grow.
        for (int i = 0; i < 5000; i++) Publish();
    }

    /// <summary>100 deliveries.</summary>
    [Benchmark(OperationsPerInvoke = 100)]
    public void Publish()
    {
        _members[0].Receive(_publish);
        _gateway.Host.RunUntilIdle();
    }
}
