using FastChat.Swarm.Measures;

namespace FastChat.Load.Tests.Measures;

public sealed class BottleneckTests
{
    [Fact]
    public void Seconds_in_which_nothing_hindered_it_leave_no_notice()
    {
        GeneratorSecond fine = new() { LoopCpuPercent = 79, LagP99Ms = 19, LagMaxMs = 400, GcPauseMs = 49 };
        Assert.Empty(Bottleneck.Notices(new Dictionary<int, GeneratorSecond> { [0] = fine, [1] = fine }));
    }

    [Fact]
    public void Hindered_seconds_are_told_as_the_times_from_which_to_which()
    {
        Dictionary<int, GeneratorSecond> seconds = Enumerable.Range(0, 80).ToDictionary(second => second, _ => new GeneratorSecond());
        seconds[12] = new GeneratorSecond { LoopCpuPercent = 93 };
        seconds[13] = new GeneratorSecond { LoopCpuPercent = 97 };
        seconds[75] = new GeneratorSecond { GcPauseMs = 120, LoopCpuPercent = 50 };
        Assert.Equal(
            [
                "The load generator was the bottleneck from 0:12 to 0:14: a loop used 97 % of a core.",
                "The load generator was the bottleneck from 1:15 to 1:16: the garbage collector paused it for 120 ms.",
            ],
            Bottleneck.Notices(seconds));
    }

    [Fact]
    public void Lateness_without_work_is_blamed_on_what_else_had_the_processor()
    {
        string starved = new GeneratorSecond { LagP99Ms = 30, LagMaxMs = 41, LoopCpuPercent = 10, ProcessCpuPercent = 20 }.Complaint();
        Assert.Equal("sends were up to 41 ms late although it was not busy: something else had the processor", starved);
        Assert.Equal("sends were up to 41 ms late", new GeneratorSecond { LagP99Ms = 30, LagMaxMs = 41, LoopCpuPercent = 70, ProcessCpuPercent = 90 }.Complaint());
    }

    [Fact]
    public void A_second_is_as_bad_as_its_worst_process()
    {
        GeneratorSecond second = new() { LoopCpuPercent = 10, ProcessCpuPercent = 20, MemoryBytes = 5 };
        second.Merge(new GeneratorSecond { LoopCpuPercent = 85, ProcessCpuPercent = 100, LagP99Ms = 3, MemoryBytes = 7 });
        Assert.Equal((85, 120, 3, 12), (second.LoopCpuPercent, second.ProcessCpuPercent, second.LagP99Ms, second.MemoryBytes));
        Assert.Equal("a loop used 85 % of a core", second.Complaint());
    }
}
