using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace FastChat.Benchmarks;

/// <summary>How benchmarks run unless the command line says otherwise: in this process, briefly, so that all of them take some minutes.</summary>
internal static class BenchmarkSettings
{
    /// <summary>For a look at some benchmarks.</summary>
    public static ManualConfig Brief() => ManualConfig.Create(DefaultConfig.Instance)
        .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
        .WithOptions(ConfigOptions.DisableLogFile)
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(4)
            .WithIterationCount(8)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)));

    /// <summary>The same, with the export that baselines are made of, in a folder of its own: what lies in another from earlier runs is not meant.</summary>
    public static ManualConfig ForBaselines() => Brief()
        .AddExporter(JsonExporter.BriefCompressed)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), $"fastchat-benchmarks-{Environment.ProcessId}"));
}
