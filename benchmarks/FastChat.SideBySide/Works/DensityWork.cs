using System.Diagnostics;
using FastChat.SideBySide.Load;
using FastChat.SideBySide.Servers;

namespace FastChat.SideBySide.Works;

/// <summary>Connections that idle in rooms of ten: what each costs in memory, and what joining costs. A first wave warms up and stays.</summary>
internal sealed class DensityWork(string name, int firstWave, int secondWave, TimeSpan settling)
    : Work(name, $"{secondWave:N0} join rooms of {MembersOfRoom} and idle, {firstWave:N0} are there")
{
    private const int MembersOfRoom = 10;

    protected override WorkResult Run(ServerProcess server, Swarm swarm, Progress progress)
    {
        swarm.Idle(settling);
        long empty = ProcessFigures.PssBytes(server.Id);
        swarm.Join(firstWave, MembersOfRoom, count => progress.Count("first wave joined", count, firstWave));
        swarm.Idle(settling);
        long cold = ProcessFigures.PssBytes(server.Id);

        double serverCpu = ProcessFigures.CpuSeconds(server.Id), clientCpu = ProcessFigures.CpuSeconds(Environment.ProcessId);
        long start = Stopwatch.GetTimestamp();
        swarm.Join(secondWave, MembersOfRoom, count => progress.Count("joined", count, secondWave));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        clientCpu = ProcessFigures.CpuSeconds(Environment.ProcessId) - clientCpu;
        swarm.Idle(settling);
        // What a join leaves to be done later, such as telling the room, is part of its cost.
        serverCpu = ProcessFigures.CpuSeconds(server.Id) - serverCpu;
        long warm = ProcessFigures.PssBytes(server.Id);

        return new WorkResult(
            [
                new Figure("memory a connection, bytes", (warm - cold) / (double)secondWave),
                new Figure("of the first wave, bytes", (cold - empty) / (double)firstWave),
                new Figure("CPU a join, us", serverCpu * 1e6 / secondWave),
                new Figure("joins a second", secondWave / seconds),
            ],
            Deliveries: 0, clientCpu / seconds, swarm.Faults);
    }
}
