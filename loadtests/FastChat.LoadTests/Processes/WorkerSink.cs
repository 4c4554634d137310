using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Processes;

/// <summary>Says to the process that started this one what is measured here.</summary>
internal sealed class WorkerSink : IRunSink
{
    private readonly TextReader _input;
    private readonly TextWriter _output;
    private readonly TestControl _test;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _goOn = new(0);
    private Task? _listening;

    public WorkerSink(TextReader input, TextWriter output, TestControl test)
    {
        _input = input;
        _output = output;
        _test = test;
    }

    public async Task ReachAsync(RunPhase phase, CancellationToken cancellationToken)
    {
        // A console's reader blocks its thread.
        _listening ??= Task.Run(Listen, CancellationToken.None);
        Say(new WorkerLine { Reached = phase });
        await _goOn.WaitAsync(cancellationToken);
    }

    public void Take(SecondRecord record) => Say(new WorkerLine { Second = record });

    public void Take(IReadOnlyDictionary<string, MetricValue> values) => Say(new WorkerLine { Values = new Dictionary<string, MetricValue>(values) });

    public void Say(WorkerLine line)
    {
        lock (_gate)
        {
            _output.WriteLine(line.ToJson());
            _output.Flush();
        }
    }

    /// <summary>Each line is leave to go on; the end of them is that of the process that would give it.</summary>
    private void Listen()
    {
        while (_input.ReadLine() is not null) _goOn.Release();
        _test.Stop(null, "the process that started it wants no more");
        _goOn.Release();
    }
}
