using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace FastChat.Benchmarks.Baselines;

/// <summary>The modes <c>--record</c> and <c>--compare</c>: a run whose figures are kept, or set beside those that are.</summary>
internal static class BaselineRun
{
    /// <summary>Runs, or reads the export of an earlier run, and records or compares.</summary>
    /// <param name="args">The command line without the mode; with <c>--from FOLDER</c> nothing is run. Everything else is BenchmarkDotNet's.</param>
    /// <param name="isRecording">Whether the figures become the baselines.</param>
    /// <returns>The exit code: 1 when something failed or allocates more than its baseline.</returns>
    public static int Run(string[] args, bool isRecording)
    {
        string baselineFolder = Path.Combine(FindRoot(), "benchmarks", "baselines");
        bool isComplete = true;
        string folder;
        if (args is ["--from", string given])
        {
            folder = given;
        }
        else
        {
            Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(BaselineRun).Assembly).Run(args, BenchmarkSettings.ForBaselines())];
            if (summaries.Length == 0) return 1;
            folder = summaries[0].ResultsDirectoryPath;
            isComplete = summaries.All(static summary => !summary.HasCriticalValidationErrors && summary.Reports.All(static report => report.Success));
        }

        BenchmarkExport export = BenchmarkExport.ReadFolder(folder);
        if (!isRecording) return Comparison.Print(export, baselineFolder, Console.Out) == 0 && isComplete ? 0 : 1;
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string commit = Commit();
        foreach ((string className, SortedDictionary<string, BenchmarkFigure> rows) in export.Classes)
            new KeptBaseline(date, commit, export.Machine, export.Runtime, rows).Write(baselineFolder, className);
        Console.WriteLine($"Kept {export.Classes.Count} baselines in {baselineFolder}");
        return isComplete ? 0 : 1;
    }

    private static string Commit()
    {
        string commit = Git("rev-parse", "--short", "HEAD");
        if (commit.Length == 0) return "unknown";
        // The baselines that are being recorded are no change of what is measured.
        return Git("status", "--porcelain", "--", "src", "benchmarks/FastChat.Benchmarks").Length == 0 ? commit : $"{commit}+";
    }

    private static string Git(params string[] arguments)
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = FindRoot() })!;
            string output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return ""; // No git here: an unpacked archive.
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FastChat.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No FastChat.sln above {AppContext.BaseDirectory}");
    }
}
