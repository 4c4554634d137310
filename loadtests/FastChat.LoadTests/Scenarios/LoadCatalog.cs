namespace FastChat.LoadTests.Scenarios;

/// <summary>All scenarios by their names on the command line, each as the runs that it takes.</summary>
internal static class LoadCatalog
{
    /// <summary>Runs every scenario but the mixed day, one after the other.</summary>
    public const string All = "all";

    private static readonly (string Name, string What, Func<LoadSetting, LoadRun>[] Runs)[] Entries =
    [
        ("idle-density", "Connections that do nothing, and a few messages to see that they live: memory a connection, CPU a join.", [SteadyScenarios.IdleDensity]),
        ("big-room", "One room with all connections.", [SteadyScenarios.BigRoom]),
        ("small-rooms", "Many rooms of ten.", [SteadyScenarios.SmallRooms]),
        ("fixed-rate", "A fixed rate of messages, however fast the answers come.", [SteadyScenarios.FixedRate]),
        ("ramp", "A rate that rises from nothing, then holds.", [SteadyScenarios.Ramp]),
        ("reconnect-storm", "All connections drop and come back at once, while others publish.", [ReconnectStorm.Create]),
        ("churn", "People who come, say something and go.", [Churn.Create]),
        ("slow-readers", "1 % of a room never read; the others beside a run without them.", [SlowReaders.WithoutThem, SlowReaders.WithThem]),
        ("mixed-day", "Morning, noon and evening, with people who come and go, and a lost network at noon.", [MixedDay.Create]),
    ];

    /// <summary>Names and what they do.</summary>
    public static IEnumerable<(string Name, string What)> Descriptions =>
        [.. Entries.Select(entry => (entry.Name, entry.What)), (All, "All of the above but the last, one after the other.")];

    /// <summary>The runs of a scenario, each made when it is its turn.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static IReadOnlyList<Func<LoadSetting, LoadRun>> RunsOf(string name)
    {
        if (name == All) return [.. Entries.SkipLast(1).SelectMany(entry => entry.Runs)];
        return Entries.FirstOrDefault(entry => entry.Name == name).Runs
            ?? throw new ArgumentException($"{name} is none of {string.Join(", ", Descriptions.Select(entry => entry.Name))}.");
    }
}
