using FastChat.Gateway.Hosting;

namespace FastChat.Benchmarks.Tests.Memory;

/// <summary>What docs/capacity.md says a connection takes, held against what one takes.</summary>
public sealed class MemoryFormulaTests
{
    [Theory]
    [InlineData(0, 0, MemoryFormula.Session)]
    [InlineData(1, 1, MemoryFormula.Session + MemoryFormula.Person + MemoryFormula.Membership + MemoryFormula.Room)]
    [InlineData(10, 1, MemoryFormula.Session + MemoryFormula.Person + MemoryFormula.Membership + (MemoryFormula.Room / 10))]
    [InlineData(10, 2, MemoryFormula.Session + MemoryFormula.Person + (2 * (MemoryFormula.Membership + (MemoryFormula.Room / 10))))]
    [InlineData(100, 1, MemoryFormula.Session + MemoryFormula.Person + MemoryFormula.Membership + (MemoryFormula.Room / 100))]
    public void An_idle_session_takes_what_the_formula_says(int roomSize, int rooms, int bytes) =>
        Assert.InRange(IdleSessions.ReachableBytesEach(roomSize, rooms), bytes / 4 * 3, bytes / 4 * 5);
}
