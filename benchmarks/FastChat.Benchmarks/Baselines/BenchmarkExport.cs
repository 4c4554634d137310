using System.Text.Json;

namespace FastChat.Benchmarks.Baselines;

/// <summary>The JSON that BenchmarkDotNet writes of a run: of it what a baseline keeps.</summary>
internal sealed class BenchmarkExport
{
    private readonly Dictionary<string, SortedDictionary<string, BenchmarkFigure>> _classes = new(StringComparer.Ordinal);

    private BenchmarkExport(string machine, string runtime)
    {
        Machine = machine;
        Runtime = runtime;
    }

    /// <summary>Processor and how many of them.</summary>
    public string Machine { get; }

    /// <summary>The .NET that it ran on.</summary>
    public string Runtime { get; }

    /// <summary>By the name of the class, then by method and parameters: <c>Apply(PayloadBytes: 131)</c>.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<string, BenchmarkFigure>> Classes => _classes;

    /// <summary>Reads all exports in a folder.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static BenchmarkExport ReadFolder(string folder)
    {
        BenchmarkExport? export = null;
        foreach (string file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement host = document.RootElement.GetProperty("HostEnvironmentInfo");
            export ??= new BenchmarkExport(
                $"{host.GetProperty("ProcessorName").GetString()}, {host.GetProperty("LogicalCoreCount").GetRawText()} logical cores",
                host.GetProperty("RuntimeVersion").GetString()!);
            foreach (JsonElement benchmark in document.RootElement.GetProperty("Benchmarks").EnumerateArray()) export.Add(benchmark);
        }

        return export ?? throw new InvalidDataException($"{folder} holds no export of BenchmarkDotNet.");
    }

    private void Add(JsonElement benchmark)
    {
        // One that failed, as in its setup, has no figures.
        if (benchmark.GetProperty("Statistics") is not { ValueKind: JsonValueKind.Object } statistics) return;
        string name = benchmark.GetProperty("Type").GetString()!;
        string parameters = benchmark.GetProperty("Parameters").GetString()!;
        string row = $"{benchmark.GetProperty("Method").GetString()}({parameters.Replace("=", ": ", StringComparison.Ordinal).Replace("&", ", ", StringComparison.Ordinal)})";
        double bytes = benchmark.TryGetProperty("Memory", out JsonElement memory) && memory.ValueKind == JsonValueKind.Object
            ? memory.GetProperty("BytesAllocatedPerOperation").GetDouble()
            : 0;
        if (!_classes.TryGetValue(name, out SortedDictionary<string, BenchmarkFigure>? rows)) _classes[name] = rows = new(StringComparer.Ordinal);
        rows[row] = new BenchmarkFigure(
            Rounded(statistics.GetProperty("Median").GetDouble()),
            Rounded(statistics.GetProperty("ConfidenceInterval").GetProperty("Margin").GetDouble()),
            bytes);
    }

    /// <summary>More digits than the machine can mean would only make noise in the history.</summary>
    private static double Rounded(double nanoseconds) => Math.Round(nanoseconds, nanoseconds < 100 ? 2 : 0);
}
