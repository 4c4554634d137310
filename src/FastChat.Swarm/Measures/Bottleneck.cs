namespace FastChat.Swarm.Measures;

/// <summary>Says when the load generator, and not the gateway, was what limited a run.</summary>
internal static class Bottleneck
{
    /// <summary>Above this a loop of the generator answers late by itself: what it measures is its own queue.</summary>
    public const double LoopCpuPercentMax = 80;

    /// <summary>Sends this late are not the load that was asked for. Latencies count from the intended time, so they show it as well.</summary>
    public const double LagMsMax = 20;

    /// <summary>A pause this long within a second stands in the second's p99.</summary>
    public const double GcPauseMsMax = 50;

    /// <summary>One sentence for each run of seconds in which something hindered the generator.</summary>
    /// <param name="seconds">By second from the start of the run.</param>
    public static IReadOnlyList<string> Notices(IReadOnlyDictionary<int, GeneratorSecond> seconds)
    {
        List<string> notices = [];
        int? first = null;
        int last = 0;
        string worst = "";
        foreach ((int second, GeneratorSecond use) in seconds.OrderBy(pair => pair.Key))
        {
            string complaint = use.Complaint();
            if (complaint.Length == 0) continue;
            if (first is int begun && second > last + 1)
            {
                notices.Add(Sentence(begun, last, worst));
                first = null;
                worst = "";
            }
            first ??= second;
            last = second;
            if (complaint.Length >= worst.Length) worst = complaint;
        }
        if (first is int open) notices.Add(Sentence(open, last, worst));
        return notices;
    }

    private static string Sentence(int first, int last, string complaint) =>
        $"The load generator was the bottleneck from {At(first)} to {At(last + 1)}: {complaint}.";

    private static string At(int second) => FormattableString.Invariant($"{second / 60}:{second % 60:00}");
}
