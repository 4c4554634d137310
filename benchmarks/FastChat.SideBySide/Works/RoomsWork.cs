using System.Diagnostics;
using FastChat.SideBySide.Load;
using FastChat.SideBySide.Servers;

namespace FastChat.SideBySide.Works;

/// <summary>Messages of 128 bytes to rooms, one publisher in each: as fast as a window lets, or at a fixed rate.</summary>
internal sealed class RoomsWork(string name, int rooms, int membersOfRoom)
    : Work(name, rooms == 1 ? $"one room of {membersOfRoom:N0}" : $"{rooms:N0} rooms of {membersOfRoom:N0}")
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Messages under way in each room; 0: at a fixed rate.</summary>
    public int Window { get; init; }

    /// <summary>Messages a second in all rooms together, when there is no window.</summary>
    public int MessagesASecond { get; init; }

    /// <summary>Time before figures are taken.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time in which they are.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    protected override WorkResult Run(ServerProcess server, Swarm swarm, Progress progress)
    {
        int connections = rooms * membersOfRoom;
        swarm.Join(connections, membersOfRoom, count => progress.Count("joined", count, connections));
        progress.Say("warming up");
        Publish(swarm, Warmup);

        double serverCpu = ProcessFigures.CpuSeconds(server.Id), clientCpu = ProcessFigures.CpuSeconds(Environment.ProcessId);
        swarm.BeginMeasuring();
        long start = Stopwatch.GetTimestamp();
        for (TimeSpan done = TimeSpan.Zero; done < Duration; done += Step)
        {
            Publish(swarm, Duration - done < Step ? Duration - done : Step);
            progress.Say($"{swarm.MeasuredDeliveries:N0} deliveries");
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        serverCpu = ProcessFigures.CpuSeconds(server.Id) - serverCpu;
        clientCpu = ProcessFigures.CpuSeconds(Environment.ProcessId) - clientCpu;
        long measured = swarm.MeasuredDeliveries;
        double p50 = swarm.Latencies.Microseconds(0.5), p99 = swarm.Latencies.Microseconds(0.99);
        progress.Say("waiting for the last deliveries");
        long all = swarm.Drain();

        List<Figure> figures = [new Figure("CPU a delivery, us", serverCpu * 1e6 / Math.Max(1, measured))];
        if (Window > 0) figures.Add(new Figure("deliveries a second", measured / seconds));
        figures.Add(new Figure("p50, us", p50));
        figures.Add(new Figure("p99, us", p99));
        return new WorkResult(figures, all, clientCpu / seconds, swarm.Faults);
    }

    private void Publish(Swarm swarm, TimeSpan time)
    {
        if (Window > 0) swarm.PublishByWindow(Window, time);
        else swarm.PublishByRate(MessagesASecond, time);
    }
}
