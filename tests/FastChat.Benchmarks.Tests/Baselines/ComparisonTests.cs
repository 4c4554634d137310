using FastChat.Benchmarks.Baselines;

namespace FastChat.Benchmarks.Tests.Baselines;

/// <summary>What <c>--record</c> keeps and <c>--compare</c> prints.</summary>
public sealed class ComparisonTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fastchat-baselines");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_ratio_is_that_of_the_run_to_what_was_kept()
    {
        Keep(new BenchmarkFigure(200, 1, 0));
        (int grown, string text) = Compare(nanoseconds: 500, bytes: 0);
        Assert.Equal(0, grown);
        Assert.Contains("Add(Size: 3)", text, StringComparison.Ordinal);
        Assert.Contains("200.00 ns    500.00 ns    2.50  0 B", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_within_the_error_is_marked_as_one_that_means_nothing()
    {
        Keep(new BenchmarkFigure(200, 5, 0));
        Assert.Contains("1.02~", Compare(nanoseconds: 204, bytes: 0).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_allocates_more_than_its_baseline_is_counted()
    {
        Keep(new BenchmarkFigure(200, 1, 0));
        (int grown, string text) = Compare(nanoseconds: 200, bytes: 24);
        Assert.Equal(1, grown);
        Assert.Contains("0 B → 24 B  MORE", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_a_baseline_and_another_machine_are_said()
    {
        Assert.Contains("QueueBenchmarks: no baseline is kept", Compare(nanoseconds: 1, bytes: 0).Text, StringComparison.Ordinal);
        Keep(new BenchmarkFigure(200, 1, 0), machine: "an abacus");
        Assert.Contains("it was an abacus, this is A processor, 2 logical cores", Compare(nanoseconds: 1, bytes: 0).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Recording_some_rows_keeps_the_others()
    {
        Keep(new BenchmarkFigure(200, 1, 0));
        SortedDictionary<string, BenchmarkFigure> rows = new() { ["Remove()"] = new BenchmarkFigure(7, 1, 0) };
        new KeptBaseline("2026-01-02", "c0ffee", "m", ".NET", rows).Write(_folder.FullName, "QueueBenchmarks");
        KeptBaseline kept = Assert.IsType<KeptBaseline>(KeptBaseline.TryRead(_folder.FullName, "QueueBenchmarks"));
        Assert.Equal(["Add(Size: 3)", "Remove()"], kept.Rows.Keys);
        Assert.Equal(("2026-01-02", "c0ffee"), (kept.Date, kept.Commit));
    }

    private void Keep(BenchmarkFigure figure, string machine = "A processor, 2 logical cores") =>
        new KeptBaseline("2026-01-01", "abcdef", machine, ".NET", new() { ["Add(Size: 3)"] = figure }).Write(_folder.FullName, "QueueBenchmarks");

    /// <summary>Compares an export as BenchmarkDotNet 0.14 writes it.</summary>
    private (int Grown, string Text) Compare(double nanoseconds, int bytes)
    {
        DirectoryInfo run = _folder.CreateSubdirectory("run");
        File.WriteAllText(Path.Combine(run.FullName, "Q-report-brief-compressed.json"), $$$"""
            {"HostEnvironmentInfo":{"ProcessorName":"A processor","LogicalCoreCount":2,"RuntimeVersion":".NET 10"},"Benchmarks":[
            {"Type":"QueueBenchmarks","Method":"Add","Parameters":"Size=3","Statistics":{"Median":{{{nanoseconds}}},"ConfidenceInterval":{"Margin":1}},
            "Memory":{"BytesAllocatedPerOperation":{{{bytes}}}}},
            {"Type":"QueueBenchmarks","Method":"Fails","Parameters":"","Statistics":null}]}
            """);
        using StringWriter output = new();
        int grown = Comparison.Print(BenchmarkExport.ReadFolder(run.FullName), _folder.FullName, output);
        return (grown, output.ToString());
    }
}
