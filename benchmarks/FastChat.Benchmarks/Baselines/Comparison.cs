using System.Globalization;

namespace FastChat.Benchmarks.Baselines;

/// <summary>A run beside the kept baselines.</summary>
internal static class Comparison
{
    /// <summary>Prints a line for each benchmark: what it was, what it is, and the ratio.</summary>
    /// <returns>How many allocate more than the baseline says. Times are printed and never judged: they are the machine's too.</returns>
    public static int Print(BenchmarkExport run, string baselineFolder, TextWriter output)
    {
        int grown = 0;
        foreach ((string className, SortedDictionary<string, BenchmarkFigure> rows) in run.Classes.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            KeptBaseline? kept = KeptBaseline.TryRead(baselineFolder, className);
            output.WriteLine();
            if (kept is null)
            {
                output.WriteLine($"{className}: no baseline is kept; --record keeps this run as one.");
                continue;
            }

            output.WriteLine($"{className}, baseline of {kept.Date}, commit {kept.Commit}");
            if (kept.Machine != run.Machine) output.WriteLine($"  Another machine: it was {kept.Machine}, this is {run.Machine}. Only compare ratios within one run.");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"",-56} {"baseline",12} {"now",12} {"ratio",7}  allocated"));
            foreach ((string row, BenchmarkFigure now) in rows) grown += PrintRow(row, kept.Rows.GetValueOrDefault(row), now, output);
        }

        return grown;
    }

    private static int PrintRow(string row, BenchmarkFigure? before, BenchmarkFigure now, TextWriter output)
    {
        if (before is null)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row,-56} {"new",12} {Time(now.Nanoseconds),12} {"",7}  {now.AllocatedBytes:0} B"));
            return 0;
        }

        bool isGrown = now.AllocatedBytes > before.AllocatedBytes;
        string allocated = isGrown
            ? string.Create(CultureInfo.InvariantCulture, $"{before.AllocatedBytes:0} B → {now.AllocatedBytes:0} B  MORE")
            : string.Create(CultureInfo.InvariantCulture, $"{now.AllocatedBytes:0} B");
        double ratio = now.Nanoseconds / before.Nanoseconds;
        bool isBeyondError = Math.Abs(now.Nanoseconds - before.Nanoseconds) > now.ErrorNanoseconds + before.ErrorNanoseconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {row,-56} {Time(before.Nanoseconds),12} {Time(now.Nanoseconds),12} {ratio,7:0.00}{(isBeyondError ? " " : "~")} {allocated}"));
        return isGrown ? 1 : 0;
    }

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.00} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000:0.00} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:0.00} ms"),
    };
}
