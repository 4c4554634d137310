namespace FastChat.Benchmarks.Baselines;

/// <summary>What one benchmark measured.</summary>
/// <param name="Nanoseconds">Median time of an operation: a pause of the machine spoils a mean.</param>
/// <param name="ErrorNanoseconds">Half of the 99.9 % confidence interval.</param>
/// <param name="AllocatedBytes">Bytes allocated by an operation.</param>
internal sealed record BenchmarkFigure(double Nanoseconds, double ErrorNanoseconds, double AllocatedBytes);
