using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>Runs one scenario: starts its iterations when its plan says, and records what they measure.</summary>
/// <remarks>
/// An injected iteration counts from the moment it was to begin, whenever it could: a generator or a gateway that was late shows in the latency
/// and not in a lower rate (no coordinated omission). A copy's iterations count from when they begin, for nobody asked for them earlier.
/// </remarks>
internal sealed class ScenarioRunner
{
    /// <summary>Another deadline than the plan's end is looked at this often.</summary>
    private const long LookMicroseconds = 100_000;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping;
    private Dictionary<string, RequestRecord> _records = []; // Guarded by _gate.
    private LatencyHistogram _lag = new();                   // Guarded by _gate.
    private List<Task> _copies = [];                         // Pacer's thread.
    private int _wantedCopies;
    private int _underWay;
    private long _failCount;

    public ScenarioRunner(ScenarioProps scenario, TestControl test)
    {
        Scenario = scenario;
        Test = test;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(test.Stopping);
        test.Register(scenario.ScenarioName, _stopping);
        Duration = new LoadPlan(scenario.LoadSimulations).Duration;
    }

    public ScenarioProps Scenario { get; }
    public TestControl Test { get; }
    public TimeSpan Duration { get; }
    public CancellationToken Stopping => _stopping.Token;
    public bool IsRecording { get; set; }

    /// <summary>Runs the plan on a thread of its own until its end, or until <paramref name="limit"/>; then waits for what is under way.</summary>
    public async Task RunAsync(TimeSpan? limit, TimeSpan completionTimeout)
    {
        TaskCompletionSource paced = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread pacer = new(() =>
        {
            try
            {
                Pace(limit);
                paced.SetResult();
            }
            catch (Exception error)
            {
                // Reported by whoever awaits the run.
                paced.SetException(error);
            }
        }) { Name = $"pacer-{Scenario.ScenarioName}", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        pacer.Start();
        await paced.Task;
        long end = Clock.Now + (long)completionTimeout.TotalMicroseconds;
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(10));
        while (Volatile.Read(ref _underWay) > 0 && Clock.Now < end) await pause.WaitForNextTickAsync(CancellationToken.None);
        if (Volatile.Read(ref _underWay) > 0)
            Record("", Response.Fail(statusCode: "-100", message: "not done when the run's completion timeout ended"), (long)completionTimeout.TotalMicroseconds);
        _copies = [];
    }

    /// <summary>Records a step, or with an empty name a whole iteration.</summary>
    public void Record(string step, IResponse response, long microseconds)
    {
        if (!IsRecording) return;
        lock (_gate)
        {
            if (!_records.TryGetValue(step, out RequestRecord? record)) _records[step] = record = new RequestRecord();
            (response.IsError ? record.Fail : record.Ok).Add(response, microseconds);
        }
        if (step.Length == 0 && response.IsError && Interlocked.Increment(ref _failCount) >= Scenario.MaxFailCount)
            Test.Stop(null, $"{Scenario.ScenarioName} failed {Scenario.MaxFailCount} times");
    }

    /// <summary>Takes what was recorded since the last time.</summary>
    public (Dictionary<string, RequestRecord> Records, LatencyHistogram Lag) Take()
    {
        lock (_gate)
        {
            (Dictionary<string, RequestRecord>, LatencyHistogram) taken = (_records, _lag);
            _records = [];
            _lag = new LatencyHistogram();
            return taken;
        }
    }

    private void Pace(TimeSpan? limit)
    {
        long start = Clock.Now;
        foreach (LoadEvent happening in new LoadPlan(Scenario.LoadSimulations).Events())
        {
            if (limit is TimeSpan most && happening.At > most) break;
            long due = start + (long)happening.At.TotalMicroseconds;
            if (!WaitUntil(due)) break;
            switch (happening.Kind)
            {
                case LoadEventKind.Inject:
                    Inject(due);
                    break;
                case LoadEventKind.SetCopies:
                    SetCopies(happening.Copies);
                    break;
                case LoadEventKind.Iterate:
                    Iterate(happening.Copies, happening.Iterations);
                    start += Clock.Now - due;
                    break;
            }
        }
        if (limit is TimeSpan cut) WaitUntil(start + (long)cut.TotalMicroseconds);
        SetCopies(0);
    }

    /// <returns>False when the scenario is stopped.</returns>
    private bool WaitUntil(long due)
    {
        while (Clock.Now < due)
        {
            if (Stopping.IsCancellationRequested) return false;
            Pause.Until(Math.Min(due, Clock.Now + LookMicroseconds));
        }
        return !Stopping.IsCancellationRequested;
    }

    private void Inject(long due)
    {
        long lag = Clock.Now - due;
        lock (_gate) _lag.Record(lag);
        Interlocked.Increment(ref _underWay);
        _ = IterateAsync(new ScenarioContext(this, 0), due);
    }

    private void SetCopies(int count)
    {
        Volatile.Write(ref _wantedCopies, count);
        _copies.RemoveAll(copy => copy.IsCompleted);
        for (int i = _copies.Count; i < count; i++)
        {
            int number = i;
            Interlocked.Increment(ref _underWay);
            _copies.Add(Task.Run(() => RepeatAsync(number, () => number < Volatile.Read(ref _wantedCopies))));
        }
    }

    private void Iterate(int copies, int iterations)
    {
        int left = iterations;
        Task[] tasks = [.. Enumerable.Range(0, copies).Select(number =>
        {
            Interlocked.Increment(ref _underWay);
            return Task.Run(() => RepeatAsync(number, () => Interlocked.Decrement(ref left) >= 0));
        })];
        Task.WaitAll(tasks, CancellationToken.None);
    }

    private async Task RepeatAsync(int number, Func<bool> goesOn)
    {
        ScenarioContext context = new(this, number);
        while (goesOn() && !Stopping.IsCancellationRequested)
        {
            Interlocked.Increment(ref _underWay);
            await IterateAsync(context, Clock.Now);
        }
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>One iteration. Never throws.</summary>
    private async Task IterateAsync(ScenarioContext context, long intendedAt)
    {
        context.IntendedAt = intendedAt;
        context.InvocationNumber++;
        context.Data.Clear();
        IResponse response;
        try
        {
            response = await Scenario.Run(context);
        }
        catch (StepFailedException failed)
        {
            response = failed.Response;
        }
        catch (Exception error)
        {
            // Whatever a scenario's code throws is a result of the test; when the test is being stopped it is none.
            response = Response.Fail(statusCode: Response.UnhandledExceptionCode, message: error.Message);
        }
        if (!(response.IsError && Stopping.IsCancellationRequested)) Record("", response, Clock.Now - intendedAt);
        Interlocked.Decrement(ref _underWay);
    }
}
