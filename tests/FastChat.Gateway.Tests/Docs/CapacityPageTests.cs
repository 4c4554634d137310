using System.Globalization;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Tests.Style;

namespace FastChat.Gateway.Tests.Docs;

/// <summary>docs/capacity.md states the numbers that the gateway reckons with.</summary>
public sealed class CapacityPageTests
{
    private static readonly string Page = Repository.Read("docs/capacity.md");

    [Theory]
    [InlineData("transport, epoll host", MemoryFormula.EpollTransport)]
    [InlineData("transport, pipe host", MemoryFormula.PipeTransport)]
    [InlineData("transport, TLS", MemoryFormula.TlsTransport)]
    [InlineData("session", MemoryFormula.Session)]
    [InlineData("person", MemoryFormula.Person)]
    [InlineData("address", MemoryFormula.Address)]
    [InlineData("membership", MemoryFormula.Membership)]
    [InlineData("room", MemoryFormula.Room)]
    [InlineData("room on a further loop", MemoryFormula.RoomOnAnotherLoop)]
    [InlineData("logged message", MemoryFormula.LoggedMessage)]
    [InlineData("message id", MemoryFormula.MessageId)]
    [InlineData("queued message", MemoryFormula.QueuedMessage)]
    [InlineData("kernel", MemoryFormula.Kernel)]
    public void Each_row_is_the_gateways_own_number(string row, int bytes) =>
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n| {row} | {bytes:N0} |"), Page, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, MemoryFormula.EpollTransport)]
    [InlineData(8, MemoryFormula.EpollTransport)]
    [InlineData(8, MemoryFormula.PipeTransport)]
    [InlineData(8, MemoryFormula.TlsTransport)]
    public void The_examples_are_what_the_gateway_would_reckon(int gibibytes, int transport) => Assert.Contains(
        string.Create(CultureInfo.InvariantCulture, $"| {gibibytes} GiB | {MemoryFormula.ConnectionOf(transport):N0} | {ConnectionCapacity.Of(long.MaxValue, (long)gibibytes << 30, transport):N0} |"),
        Page, StringComparison.Ordinal);
}
