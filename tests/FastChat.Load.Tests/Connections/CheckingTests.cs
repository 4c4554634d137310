using FastChat.Swarm;

namespace FastChat.Load.Tests.Connections;

/// <summary>A swarm notices what a gateway must not do.</summary>
public sealed class CheckingTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ScriptedGateway _gateway = new();
    private SwarmEngine? _swarm;

    public static TheoryData<bool> Drivers => OperatingSystem.IsLinux() ? new(false, true) : new(true);

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Deliveries_in_order_are_counted_and_nothing_is_missing(bool portable)
    {
        await JoinAsync(portable, offset: 7);
        await _gateway.DeliverAsync("e1", 8, 9, 10);
        SwarmCounts counts = await HearAsync(3);
        Assert.Equal((3, 0, 0, 0), (counts.Deliveries, counts.Lost, counts.Disordered, counts.Gaps));
        Assert.Equal(3, counts.DeliveryLatency.Count);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_hole_that_nobody_told_is_a_loss(bool portable)
    {
        await JoinAsync(portable, offset: 0);
        await _gateway.DeliverAsync("e1", 1, 2, 5);
        Assert.Equal(2, (await HearAsync(3)).Lost);
    }

    [Fact]
    public async Task A_hole_that_was_told_is_a_gap_and_no_loss()
    {
        await JoinAsync(portable: false, offset: 0);
        await _gateway.DeliverAsync("e1", 1);
        await _gateway.TellGapAsync("e1", from: 2, to: 4);
        await _gateway.DeliverAsync("e1", 5);
        SwarmCounts counts = await HearAsync(2);
        Assert.Equal((0, 0, 1, 3), (counts.Lost, counts.Disordered, counts.Gaps, counts.GapOffsets));
    }

    [Fact]
    public async Task A_gap_that_begins_too_late_is_a_loss_before_it()
    {
        await JoinAsync(portable: false, offset: 0);
        await _gateway.TellGapAsync("e1", from: 3, to: 4);
        await _gateway.DeliverAsync("e1", 5);
        SwarmCounts counts = await HearAsync(1);
        Assert.Equal((2, 2), (counts.Lost, counts.GapOffsets));
    }

    [Fact]
    public async Task What_comes_twice_or_late_is_disorder()
    {
        await JoinAsync(portable: false, offset: 0);
        await _gateway.DeliverAsync("e1", 1, 2, 2, 1, 3);
        SwarmCounts counts = await HearAsync(5);
        Assert.Equal((2, 0), (counts.Disordered, counts.Lost));
    }

    [Fact]
    public async Task Another_epoch_without_a_join_is_a_loss()
    {
        await JoinAsync(portable: false, offset: 0);
        await _gateway.DeliverAsync("e1", 1);
        await _gateway.DeliverAsync("e2", 1);
        Assert.Equal(1, (await HearAsync(2)).Lost);
    }

    [Fact]
    public async Task A_connection_that_is_lost_comes_back_with_its_position()
    {
        await JoinAsync(portable: false, offset: 4);
        _gateway.Hangup();
        await _gateway.AcceptAsync("e1", offset: 4, recovered: true);
        await _gateway.DeliverAsync("e1", 5);
        SwarmCounts counts = await HearAsync(1);
        Assert.Equal((1, 0, 0), (counts.Recovered, counts.Lost, counts.NotRecovered));
        Assert.Equal(1, counts.FailureCount);
    }

    [Fact]
    public async Task A_resume_that_says_recovered_and_skips_messages_is_a_loss()
    {
        await JoinAsync(portable: false, offset: 4);
        _gateway.Hangup();
        // Recovered at 9 without the messages 5 to 9.
        await _gateway.AcceptAsync("e1", offset: 9, recovered: true);
        await _gateway.DeliverAsync("e1", 10);
        Assert.Equal(5, (await HearAsync(1)).Lost);
    }

    [Fact]
    public async Task A_resume_that_says_what_was_missed_is_a_gap()
    {
        await JoinAsync(portable: false, offset: 4);
        _gateway.Hangup();
        await _gateway.AcceptAsync("e1", offset: 9, recovered: false);
        await _gateway.DeliverAsync("e1", 10);
        SwarmCounts counts = await HearAsync(1);
        Assert.Equal((0, 1, 5), (counts.Lost, counts.Gaps, counts.GapOffsets));
    }

    public async ValueTask DisposeAsync()
    {
        if (_swarm is not null) await _swarm.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    private async Task JoinAsync(bool portable, long offset)
    {
        _swarm = new SwarmEngine(new SwarmOptions { Target = _gateway.Target, Connections = 1, Run = "t", Portable = portable });
        Task<int> connecting = _swarm.ConnectAllAsync(Limit, TestContext.Current.CancellationToken);
        await _gateway.AcceptAsync("e1", offset);
        Assert.Equal(0, await connecting);
    }

    private async Task<SwarmCounts> HearAsync(long deliveries)
    {
        SwarmCounts all = new();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(10));
        while (all.Deliveries < deliveries)
        {
            await pause.WaitForNextTickAsync(limit.Token);
            all.AddLater(await _swarm!.TakeAsync());
        }
        return all;
    }
}
