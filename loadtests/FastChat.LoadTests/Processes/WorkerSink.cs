using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Processes;

/// <summary>Says to the process that started this one what is measured here.</summary>
internal sealed class WorkerSink : IRunSink
{
    private readonly TextReader _input;
    private readonly TextWriter _output;
    private readonly Lock _gate = new();

    public WorkerSink(TextReader input, TextWriter output)
    {
        _input = input;
        _output = output;
    }

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        Say(new WorkerLine { Ready = true });
        if (await _input.ReadLineAsync(cancellationToken) is null) throw new OperationCanceledException("The run was given up.");
    }

    /// <summary>Stops the test when the process that started this one is gone, or wants no more. After the start.</summary>
    public void StopAtEnd(TestControl test) => _ = Task.Run(async () =>
    {
        while (await _input.ReadLineAsync() is not null) { }
        test.Stop(null, "the process that started it has ended it");
    });

    public void Begin() => Say(new WorkerLine { Begun = true });

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
}
