namespace FastChat.LoadTests.Runner;

/// <summary>Measures something beside the scenarios, each second.</summary>
internal interface IWorkerPlugin
{
    /// <summary>Adds what it measured since the last time.</summary>
    Task SampleAsync(SecondRecord record);

    /// <summary>Called when the warm-up has ended: what was before does not count.</summary>
    Task ResetAsync();

    /// <summary>Called when all processes have done all iterations: what is still on its way is waited for, and counts.</summary>
    Task FinishAsync();
}

/// <summary>Where a process's measurements go.</summary>
internal interface IRunSink
{
    /// <summary>This process has come to a phase; waits until all processes of the run have.</summary>
    Task ReachAsync(RunPhase phase, CancellationToken cancellationToken);

    /// <summary>Takes a second.</summary>
    void Take(SecondRecord record);

    /// <summary>Takes the values that scenarios set.</summary>
    void Take(IReadOnlyDictionary<string, MetricValue> values);
}

/// <summary>Where the processes of a run wait for each other.</summary>
internal enum RunPhase
{
    /// <summary>All is connected.</summary>
    Connected,
    /// <summary>The warm-up is over; what is measured counts from here.</summary>
    WarmedUp,
    /// <summary>All iterations are done; until then the members of all processes must stay.</summary>
    Done,
}
