using System.Globalization;
using System.Text;
using FastChat.LoadTests.Runner;

namespace FastChat.LoadTests.Reports;

/// <summary>Puts a report into files.</summary>
internal static class ReportWriter
{
    /// <returns>The files, full paths.</returns>
    public static IReadOnlyList<string> Write(Report report)
    {
        if (report.Context.ReportFormats.Count == 0) return [];
        string name = report.Context.ReportFileName
            ?? string.Create(CultureInfo.InvariantCulture, $"{report.StartedAt:yyyy-MM-dd-HHmmss}-{report.Context.TestName}");
        string folder = Directory.CreateDirectory(report.Context.ReportFolder).FullName;
        List<string> files = [];
        foreach (ReportFormat format in report.Context.ReportFormats)
        {
            string path = Path.Combine(folder, name + (format == ReportFormat.Html ? ".html" : ".txt"));
            File.WriteAllText(path, format == ReportFormat.Html ? HtmlReport.Render(report) : TextReport.Render(report), new UTF8Encoding(false));
            files.Add(path);
        }
        return files;
    }
}
