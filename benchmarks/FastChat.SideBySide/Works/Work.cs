using FastChat.SideBySide.Load;
using FastChat.SideBySide.Servers;

namespace FastChat.SideBySide.Works;

/// <summary>Something that every server is asked to do, with a fresh process each.</summary>
/// <param name="name">Its name on the command line.</param>
/// <param name="description">For the table.</param>
internal abstract class Work(string name, string description)
{
    /// <summary>Its name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>For the table.</summary>
    public string Description { get; } = description;

    /// <summary>The works, as large as the published figures are measured with.</summary>
    public static IReadOnlyList<Work> Full { get; } =
    [
        new DensityWork("density", 5_000, 10_000, TimeSpan.FromSeconds(3)),
        new RoomsWork("big", 1, 1_000) { Window = 64 },
        new RoomsWork("mid", 20, 50) { Window = 8 },
        new RoomsWork("small", 1_000, 2) { Window = 1 },
        new RoomsWork("latency", 10, 100) { MessagesASecond = 100 },
    ];

    /// <summary>The same, so small that all of it takes some seconds: it shows that everything works, not how fast.</summary>
    public static IReadOnlyList<Work> Quick { get; } =
    [
        new DensityWork("density", 100, 200, TimeSpan.FromMilliseconds(200)),
        new RoomsWork("big", 1, 100) { Window = 16, Warmup = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromMilliseconds(300) },
        new RoomsWork("mid", 4, 50) { Window = 8, Warmup = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromMilliseconds(300) },
        new RoomsWork("small", 100, 2) { Window = 1, Warmup = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromMilliseconds(300) },
        new RoomsWork("latency", 5, 20) { MessagesASecond = 100, Warmup = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromMilliseconds(300) },
    ];

    /// <summary>Does it with one server.</summary>
    public WorkResult Run(Contender contender, Cores cores, Progress progress)
    {
        progress.Say("starting");
        using ServerProcess server = ServerProcess.Start(contender, cores);
        using Swarm swarm = new(server.Port, contender.Wire);
        return Run(server, swarm, progress);
    }

    protected abstract WorkResult Run(ServerProcess server, Swarm swarm, Progress progress);
}
