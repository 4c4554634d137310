using BenchmarkDotNet.Running;
using FastChat.Benchmarks;

// For example: dotnet run -c Release --project benchmarks/FastChat.Benchmarks -- --filter '*Message*' --job short
// or, for the memory of rooms: dotnet run -c Release --project benchmarks/FastChat.Benchmarks -- idle-rooms
if (args is ["idle-rooms"]) IdleRooms.Measure();
else BenchmarkSwitcher.FromAssembly(typeof(IdleRooms).Assembly).Run(args);
