using System.Diagnostics;
using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Processes;

/// <summary>Runs a test in several processes of this program, which say what they measure in lines of JSON.</summary>
internal sealed class ProcessGroup : IRunDriver
{
    private static readonly string Assembly = typeof(ProcessGroup).Assembly.Location;

    private readonly LoadOptions _options;
    private readonly int _runIndex;

    public ProcessGroup(LoadOptions options, int runIndex)
    {
        _options = options;
        _runIndex = runIndex;
    }

    public int ProcessCount => _options.Processes;

    /// <exception cref="InvalidOperationException">A process gave up; the message says why.</exception>
    public async Task RunAsync(NBomberContext context, TestControl test, IRunSink sink)
    {
        Worker[] workers = [.. Enumerable.Range(0, ProcessCount).Select(number => new Worker(
            Process.Start(OwnProcess.Of(Assembly, _options.ArgumentsOf(number, _runIndex)))!, sink))];
        // They end by themselves when their input does.
        using CancellationTokenRegistration stopping = test.Stopping.Register(() =>
        {
            foreach (Worker worker in workers) worker.CloseInput();
        });
        try
        {
            foreach (RunPhase phase in Enum.GetValues<RunPhase>())
            {
                await Task.WhenAll(workers.Select(worker => worker.ReachedAsync(phase)));
                await sink.ReachAsync(phase, test.Stopping);
                foreach (Worker worker in workers) worker.GoOn();
            }
            await Task.WhenAll(workers.Select(worker => worker.Ended));
        }
        finally
        {
            foreach (Worker worker in workers) OwnProcess.End(worker.Process);
        }
    }

    /// <summary>One of the processes.</summary>
    private sealed class Worker
    {
        private readonly TaskCompletionSource[] _reached =
            [.. Enum.GetValues<RunPhase>().Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        private readonly IRunSink _sink;

        public Worker(Process process, IRunSink sink)
        {
            Process = process;
            _sink = sink;
            Ended = ReadAsync();
        }

        public Process Process { get; }
        public Task Ended { get; }

        public Task ReachedAsync(RunPhase phase) => _reached[(int)phase].Task;

        public void GoOn() => Process.StandardInput.WriteLine("go on");

        public void CloseInput()
        {
            try
            {
                Process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended already.
            }
        }

        private async Task ReadAsync()
        {
            bool isDone = false;
            string? fault = null;
            while (await Process.StandardOutput.ReadLineAsync() is string line)
            {
                if (WorkerLine.Parse(line) is not WorkerLine said) continue;
                if (said.Reached is RunPhase phase) _reached[(int)phase].TrySetResult();
                if (said.Second is SecondRecord second) _sink.Take(second);
                fault ??= said.Fault;
                if (said.Values is null) continue;
                _sink.Take(said.Values);
                isDone = true;
            }
            if (isDone) return;
            InvalidOperationException error = new($"A process of the load generator gave up: {fault ?? "it ended without a word"}");
            foreach (TaskCompletionSource phase in _reached) phase.TrySetException(error);
            throw error;
        }
    }
}
