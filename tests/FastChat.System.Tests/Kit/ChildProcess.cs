using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace FastChat.System.Tests.Kit;

/// <summary>
/// A process that a test started: its lines of output as they come, its input, a polite end, and no way to outlive the test.
/// </summary>
/// <remarks>One test uses it at a time; the lines are read by two loops of its own.</remarks>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly string _name;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private readonly List<string> _output = []; // Guarded by _gate.
    private bool _disposed;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        _reading = ReadBothAsync();
    }

    /// <summary>All lines so far, of both outputs, in the order in which they came.</summary>
    public string Output
    {
        get
        {
            lock (_gate) return string.Join('\n', _output);
        }
    }

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> OutputLines
    {
        get
        {
            lock (_gate) return [.. _output];
        }
    }

    /// <summary>Its number in the system.</summary>
    public int Id => _process.Id;

    /// <summary>Starts <paramref name="program"/>; an environment value of null takes the variable away.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string workingFolder, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        return new ChildProcess(Process.Start(start)!, Path.GetFileName(program));
    }

    /// <summary>The next line of either output.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds its output.</exception>
    public async Task<string> NextLineAsync(TimeSpan limit, string waitedFor)
    {
        while (await _lines.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask().Within(limit, waitedFor, Describe))
        {
            if (_lines.Reader.TryRead(out string? line)) return line;
        }
        throw new InvalidOperationException($"It ended while {waitedFor} was waited for.\n{Describe()}");
    }

    /// <summary>The next line that <paramref name="matches"/>; earlier ones are passed over.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> matches, TimeSpan limit, string waitedFor)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
            string line = await NextLineAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, waitedFor);
            if (matches(line)) return line;
        }
    }

    /// <summary>Writes a line to its input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), TestContext.Current.CancellationToken);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until it has ended and all its output was read.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForEndAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).Within(limit, $"{_name} to end", Describe);
        await _reading.Within(limit, $"the last output of {_name}", Describe);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM) and waits.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(TimeSpan limit)
    {
        if (!_process.HasExited && Signal(_process.Id, Sigterm) != 0) throw new Win32Exception();
        return await WaitForEndAsync(limit);
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        if (!_process.HasExited) await KillAsync();
        // Ends the two loops even if a grandchild that fled holds the outputs open.
        _process.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What to add to the message of a failure.</summary>
    public string Describe() => $"{_name}, output so far:\n{Output}";

    private async Task ReadBothAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        _lines.Writer.Complete();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate) _output.Add(line);
            _lines.Writer.TryWrite(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int processId, int signal);
}
