using System.Reflection;
using System.Text.RegularExpressions;
using FastChat.Benchmarks.Kit;

namespace FastChat.Benchmarks.Tests.Allocations;

/// <summary>The data plane allocates nothing after warm-up, and every file that says so names the benchmarks that show it.</summary>
public sealed partial class DataPlaneTests
{
    public static TheoryData<string> ClassNames => [.. MeasuredBenchmark.Classes.Select(static type => type.FullName!)];

    [Theory]
    [MemberData(nameof(ClassNames))]
    public void No_benchmark_of_ours_allocates_after_warm_up(string className)
    {
        Type type = typeof(CoversAttribute).Assembly.GetType(className, throwOnError: true)!;
        string[] found = [.. MeasuredBenchmark.AllOf(type).SelectMany(static benchmark => benchmark.FindAllocations(TimeSpan.FromSeconds(20)))];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public void An_allocation_is_found()
    {
        TimeSpan patience = TimeSpan.FromMilliseconds(100);
        Assert.NotEmpty(Assert.Single(MeasuredBenchmark.AllOf(typeof(Allocating))).FindAllocations(patience));
        Assert.NotEmpty(Assert.Single(MeasuredBenchmark.AllOf(typeof(Growing))).FindAllocations(patience));
    }

    [Fact]
    public void A_class_of_benchmarks_is_named_after_a_type_that_it_covers() =>
        Assert.Empty(
            from type in MeasuredBenchmark.Classes
            let covers = type.GetCustomAttribute<CoversAttribute>()
            where covers is null || covers.Types.All(covered => type.Name != $"{covered.Name}Benchmarks")
            select type.FullName);

    [Fact]
    public void Every_file_of_the_data_plane_names_the_benchmarks_that_cover_its_type()
    {
        List<string> wrong = [];
        int fileCount = 0;
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            using StreamReader file = new(path);
            Match first = FirstLine().Match(file.ReadLine() ?? "");
            if (!first.Success) continue;
            fileCount++;
            string typeName = Path.GetFileName(path).Split('.')[0];
            string benchmarks = first.Groups["benchmarks"].Value;
            CoversAttribute? covers = MeasuredBenchmark.Classes.SingleOrDefault(type => type.Name == benchmarks)?.GetCustomAttribute<CoversAttribute>();
            if (covers is null) wrong.Add($"{Path.GetRelativePath(Root, path)}: there is no {benchmarks}");
            else if (covers.Types.All(covered => covered.Name != typeName)) wrong.Add($"{Path.GetRelativePath(Root, path)}: {benchmarks} does not cover {typeName}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(fileCount, 40, int.MaxValue);
    }

    [Fact]
    public void Every_type_that_is_covered_says_so_in_its_first_line() =>
        Assert.Empty(
            from type in MeasuredBenchmark.Classes
            from covered in type.GetCustomAttribute<CoversAttribute>()?.Types ?? []
            let files = Directory.GetFiles(Path.Combine(Root, "src"), $"{covered.Name}.cs", SearchOption.AllDirectories)
                .Where(path => Path.GetDirectoryName(path)!.EndsWith(Path.Combine(covered.Namespace!.Split('.')[2..]), StringComparison.Ordinal))
            where !files.Any(static path => FirstLine().IsMatch(File.ReadLines(path).First()))
            select $"{covered.FullName}, covered by {type.Name}");

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FastChat.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No FastChat.sln above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex(@"^// Data plane: no allocation after warm-up\. See (?<benchmarks>\w+)\.$")]
    private static partial Regex FirstLine();
}
