using System.Globalization;
using System.Text;

namespace FastChat.LoadTests.Reports;

/// <summary>The summary for a terminal.</summary>
internal static class TextReport
{
    public static string Render(Report report)
    {
        StringBuilder text = new();
        text.AppendLine().Append(CultureInfo.InvariantCulture, $"{report.Context.TestSuite}: {report.Context.TestName}, {report.Stats.Duration.TotalSeconds:0.0} s").AppendLine();
        if (report.Context.Description.Length > 0) text.AppendLine(report.Context.Description);
        foreach (string notice in report.Notices) text.Append("! ").AppendLine(notice);
        foreach ((string title, string[] head, IReadOnlyList<string[]> rows) in ReportTables.Of(report)) AppendTable(text, title, head, rows);
        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, string title, string[] head, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. head.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max())];
        text.AppendLine().AppendLine(title);
        foreach (string[] row in rows.Prepend(head))
        {
            // Two columns are a name and a text; wider tables are numbers behind their names.
            IEnumerable<string> cells = row.Select((cell, column) =>
                head.Length > 4 && column >= 2 && column < head.Length - (head[^1] == "message" ? 1 : 0) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            text.Append("  ").AppendLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
