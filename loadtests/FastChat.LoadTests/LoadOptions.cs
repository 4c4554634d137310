using System.Globalization;

namespace FastChat.LoadTests;

/// <summary>What the command line asks for; what it leaves open each scenario fills in.</summary>
internal sealed record LoadOptions
{
    public string Scenario { get; init; } = "";
    public string Url { get; init; } = "ws://localhost:8000/ws";
    public string? Form { get; init; }
    public int? Connections { get; init; }
    public int? Rooms { get; init; }
    public int? Rate { get; init; }
    public TimeSpan? Duration { get; init; }
    public int? Size { get; init; }
    public int Processes { get; init; } = 1;
    public int Loops { get; init; } = 1;
    public int Handshakes { get; init; } = 256;
    public bool Portable { get; init; }
    public string Reports { get; init; } = "reports";

    /// <summary>Marks the run's names and rooms; the same in all its processes.</summary>
    public required string Run { get; init; }

    /// <summary>Which of the processes this is, from 0.</summary>
    public int Worker { get; init; }

    /// <summary>Which of the scenario's runs it does; only in a process that another one started.</summary>
    public int? RunIndex { get; init; }

    /// <summary>This process's part of something that all share, such as connections.</summary>
    public int ShareOf(int total) => (total / Processes) + (Worker < total % Processes ? 1 : 0);

    /// <summary>How much of it the processes before this one have.</summary>
    public int Before(int total) => (total / Processes * Worker) + Math.Min(Worker, total % Processes);

    /// <summary>The command line of one of the processes that share a run.</summary>
    public IEnumerable<string> ArgumentsOf(int worker, int runIndex)
    {
        yield return Scenario;
        yield return $"--url={Url}";
        if (Form is not null) yield return $"--form={Form}";
        if (Connections is int connections) yield return Text("--connections", connections);
        if (Rooms is int rooms) yield return Text("--rooms", rooms);
        if (Rate is int rate) yield return Text("--rate", rate);
        if (Duration is TimeSpan duration) yield return string.Create(CultureInfo.InvariantCulture, $"--duration={duration.TotalMilliseconds:0}ms");
        if (Size is int size) yield return Text("--size", size);
        yield return Text("--processes", Processes);
        yield return Text("--loops", Loops);
        yield return Text("--handshakes", Handshakes);
        if (Portable) yield return "--portable";
        yield return $"--run={Run}";
        yield return Text("--worker", worker);
        yield return Text("--run-index", runIndex);
    }

    /// <summary>The same for people: what the report says was run.</summary>
    public string Describe() => string.Join(' ', ArgumentsOf(0, 0).TakeWhile(argument => !argument.StartsWith("--run=", StringComparison.Ordinal)));


    private static string Text(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value}");
}
