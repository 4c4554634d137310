using BenchmarkDotNet.Running;

// For example: dotnet run -c Release --project benchmarks/FastChat.Benchmarks -- --filter '*Message*' --job short
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
