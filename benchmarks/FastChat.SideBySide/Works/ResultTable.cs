using System.Globalization;
using FastChat.SideBySide.Servers;

namespace FastChat.SideBySide.Works;

/// <summary>The table, in Markdown: a column for each server, then the last one's figure divided by each other's.</summary>
internal static class ResultTable
{
    /// <summary>Prints the head.</summary>
    public static void PrintHead(IReadOnlyList<Contender> contenders, TextWriter output)
    {
        IEnumerable<string> ratios = contenders.SkipLast(1).Select(one => $"{contenders[^1].Name} : {one.Name}");
        output.WriteLine($"| work | | {string.Join(" | ", contenders.Select(static one => one.Name).Concat(ratios))} |");
        output.WriteLine(string.Concat(Enumerable.Repeat("| --- ", (2 * contenders.Count) + 1)) + "|");
    }

    /// <summary>Prints the rows of a work.</summary>
    /// <param name="work">The work.</param>
    /// <param name="results">One for each server, in the order of the head.</param>
    /// <param name="output">Where to.</param>
    public static void PrintRows(Work work, IReadOnlyList<WorkResult> results, TextWriter output)
    {
        string title = $"{work.Name}: {work.Description}";
        for (int i = 0; i < results[0].Figures.Count; i++)
        {
            double[] values = [.. results.Select(result => result.Figures[i].Value)];
            IEnumerable<string> ratios = values.SkipLast(1).Select(value => value > 0 ? Number(values[^1] / value) : "");
            Print(title, results[0].Figures[i].What, values.Select(Number).Concat(ratios), output);
            title = "";
        }

        int columns = (2 * results.Count) - 1;
        Print("", "load client's core, %", results.Select(static result => (100 * result.ClientLoad).ToString("0", CultureInfo.InvariantCulture)), output, columns);
        if (results.All(static result => result.Deliveries == 0 && result.Faults.Count == 0)) return;
        Print("", "deliveries, each checked", results.Select(Checked), output, columns);
    }

    private static string Checked(WorkResult result) =>
        result.Faults.Count == 0 ? result.Deliveries.ToString("N0", CultureInfo.InvariantCulture) : $"WRONG: {string.Join("; ", result.Faults)}";

    private static void Print(string title, string what, IEnumerable<string> cells, TextWriter output, int columns = 0)
    {
        List<string> all = [.. cells];
        while (all.Count < columns) all.Add("");
        output.WriteLine($"| {title} | {what} | {string.Join(" | ", all)} |");
    }

    private static string Number(double value) => value switch
    {
        >= 100 or <= -100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
