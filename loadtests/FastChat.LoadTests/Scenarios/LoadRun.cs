using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Scenarios;

/// <summary>One test: scenarios that run at the same time, and the connections that they share.</summary>
/// <param name="Name">Names the report.</param>
/// <param name="Scenarios">What runs.</param>
/// <param name="Stages">The connections.</param>
internal sealed record LoadRun(string Name, IReadOnlyList<ScenarioProps> Scenarios, IReadOnlyList<SwarmStage> Stages);

/// <summary>What a scenario is made with.</summary>
/// <param name="Options">The command line.</param>
/// <param name="Test">Takes values that it measures.</param>
/// <param name="Earlier">Results of the runs before it, by their names.</param>
internal sealed record LoadSetting(LoadOptions Options, TestControl Test, IReadOnlyDictionary<string, NodeStats> Earlier)
{
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>How long, when the command line does not say.</summary>
    public TimeSpan During(int seconds) => Options.Duration ?? TimeSpan.FromSeconds(seconds);

    /// <summary>A part of this process's share of a rate, at least 1 an interval.</summary>
    public int RateShare(int rate) => Math.Max(1, Options.ShareOf(Options.Rate ?? rate));

    /// <summary>Connections, and what they do.</summary>
    /// <param name="connections">Of all processes, when the command line does not say.</param>
    /// <param name="rooms">Of the run, when it does not say.</param>
    /// <param name="change">What is special about them.</param>
    /// <param name="connects">See <see cref="SwarmStage"/>.</param>
    /// <param name="prefix">Keeps the rooms of a second stage apart.</param>
    public SwarmStage Stage(
        int connections, int rooms, Func<Swarm.SwarmOptions, Swarm.SwarmOptions>? change = null, bool connects = true, string prefix = "~load")
    {
        int total = Options.Connections ?? connections;
        Swarm.SwarmOptions options = new()
        {
            Target = Swarm.SwarmTarget.Parse(Options.Url, Options.Form),
            Connections = Options.ShareOf(total),
            FirstIndex = Options.Before(total),
            Rooms = Math.Min(total, Options.Rooms ?? rooms),
            Run = Options.Run,
            RoomPrefix = prefix,
            TextBytes = Options.Size ?? 128,
            Loops = Options.Loops,
            HandshakesMax = Options.Handshakes,
            Portable = Options.Portable,
        };
        return new SwarmStage(change is null ? options : change(options), total, connects);
    }
}
