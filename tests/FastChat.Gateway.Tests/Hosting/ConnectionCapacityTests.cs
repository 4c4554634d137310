using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Tests.Hosting;

public sealed class ConnectionCapacityTests
{
    [Theory]
    [InlineData(1024, long.MaxValue, 918)]
    [InlineData(long.MaxValue, 1L << 30, 136_316)]
    [InlineData(long.MaxValue, 1L << 20, 100)]
    [InlineData(long.MaxValue, long.MaxValue, 50_000_000)]
    public void The_smaller_of_descriptors_and_memory_holds(long descriptors, long memoryBytes, int connections) =>
        Assert.Equal(connections, ConnectionCapacity.Of(descriptors, memoryBytes, MemoryFormula.EpollTransport));

    [Fact]
    public void This_machine_holds_some() => Assert.InRange(ConnectionCapacity.OfThisMachine(new ListenOptions()), 100, 50_000_000);
}
