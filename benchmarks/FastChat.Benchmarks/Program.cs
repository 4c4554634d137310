using BenchmarkDotNet.Running;
using FastChat.Benchmarks;
using FastChat.Benchmarks.Baselines;

// For example: dotnet run -c Release --project benchmarks/FastChat.Benchmarks -- --filter '*Outbox*'
// benchmarks/README.md lists the modes.
switch (args)
{
    case ["idle-rooms"]:
        IdleRooms.Measure();
        return 0;
    case ["deflate"]:
        DeflatedRoom.Measure();
        return 0;
    case ["idle-sessions"]:
        IdleSessions.Measure();
        return 0;
    case ["flooded-room"]:
        FloodedRoom.Measure();
        return 0;
    case ["--record", .. string[] rest]:
        return BaselineRun.Run(rest, isRecording: true);
    case ["--compare", .. string[] rest]:
        return BaselineRun.Run(rest, isRecording: false);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(IdleRooms).Assembly).Run(args, BenchmarkSettings.Brief());
        return 0;
}
