namespace FastChat.LoadTests.Runner;

/// <summary>Measures something beside the scenarios, each second.</summary>
internal interface IWorkerPlugin
{
    /// <summary>Adds what it measured since the last time.</summary>
    Task SampleAsync(SecondRecord record);

    /// <summary>Called when the warm-up has ended: what was before does not count.</summary>
    Task ResetAsync();
}

/// <summary>Where a process's measurements go.</summary>
internal interface IRunSink
{
    /// <summary>All is connected; waits until the run may begin.</summary>
    Task ReadyAsync(CancellationToken cancellationToken);

    /// <summary>The warm-up has ended: what is measured counts from here.</summary>
    void Begin();

    /// <summary>Takes a second.</summary>
    void Take(SecondRecord record);

    /// <summary>Takes the values that scenarios set.</summary>
    void Take(IReadOnlyDictionary<string, MetricValue> values);
}
