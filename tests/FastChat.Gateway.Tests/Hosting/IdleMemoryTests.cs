using FastChat.Gateway.Hosting;

namespace FastChat.Gateway.Tests.Hosting;

public sealed class IdleMemoryTests
{
    private readonly List<bool> _collections = [];
    private readonly IdleMemory _memory;

    public IdleMemoryTests() => _memory = new IdleMemory(_collections.Add);

    [Fact]
    public void Memory_is_given_back_once_when_many_have_left_and_nobody_moves()
    {
        Look(0, 5_000, 10_000, 10_000, 10_000, 10_000, 6_000, 300, 300, 300);
        Assert.Empty(_collections);
        Look(300, 300, 300, 300, 300);
        Assert.Equal([true], _collections);
    }

    [Fact]
    public void While_people_still_leave_or_only_a_few_have_left_nothing_happens()
    {
        for (int held = 100_000; held > 1_000; held -= 2_000) Look(held);
        Assert.Empty(_collections);
        Look(900, 900, 900, 900);
        Assert.Equal([true], _collections);
        Look(900, 700, 500, 300, 100, 0, 0, 0, 0, 0);
        Assert.Single(_collections);
    }

    [Fact]
    public void With_many_left_there_is_no_long_pause()
    {
        Look(0, 1_000_000, 700_000, 700_000, 700_000, 700_000);
        Assert.Equal([false], _collections);
    }

    private void Look(params int[] held)
    {
        foreach (int count in held) _memory.Look(count);
    }
}
