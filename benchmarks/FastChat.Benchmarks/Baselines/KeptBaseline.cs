using System.Text.Json;

namespace FastChat.Benchmarks.Baselines;

/// <summary>What a class of benchmarks measured when it was last recorded: one small file, <c>benchmarks/baselines/CLASS.json</c>.</summary>
/// <param name="Date">Day of the run, UTC.</param>
/// <param name="Commit">What was measured; <c>+</c> behind it: with changes that were not committed.</param>
/// <param name="Machine">Processor and how many of them.</param>
/// <param name="Runtime">The .NET that it ran on.</param>
/// <param name="Rows">By method and parameters.</param>
internal sealed record KeptBaseline(string Date, string Commit, string Machine, string Runtime, SortedDictionary<string, BenchmarkFigure> Rows)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads the baseline of a class; null when none is kept.</summary>
    public static KeptBaseline? TryRead(string folder, string className)
    {
        string path = PathOf(folder, className);
        return File.Exists(path) ? JsonSerializer.Deserialize<KeptBaseline>(File.ReadAllText(path), Format) : null;
    }

    /// <summary>Keeps this as the baseline of a class. Rows that were kept and not measured now stay, so that a filter may name single methods.</summary>
    public void Write(string folder, string className)
    {
        Directory.CreateDirectory(folder);
        SortedDictionary<string, BenchmarkFigure> rows = new(Rows, StringComparer.Ordinal);
        foreach ((string row, BenchmarkFigure figure) in TryRead(folder, className)?.Rows ?? []) rows.TryAdd(row, figure);
        File.WriteAllText(PathOf(folder, className), JsonSerializer.Serialize(this with { Rows = rows }, Format) + "\n");
    }

    private static string PathOf(string folder, string className) => Path.Combine(folder, $"{className}.json");
}
