using BenchmarkDotNet.Attributes;

namespace FastChat.Benchmarks.Tests.Allocations;

/// <summary>Allocates in every operation.</summary>
public class Allocating
{
    private object? _last;

    [Benchmark]
    public bool Allocate()
    {
        // Kept, because what goes nowhere the compiler puts on the stack.
        bool isFirst = _last is null;
        _last = new object();
        return isFirst;
    }
}

/// <summary>Allocates ever more seldom, as everything does that grows by doubling.</summary>
public class Growing
{
    private readonly List<int> _items = [];

    [Benchmark]
    public void Grow() => _items.Add(0);
}
