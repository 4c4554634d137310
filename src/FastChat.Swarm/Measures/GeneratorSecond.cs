namespace FastChat.Swarm.Measures;

/// <summary>What the load generator itself used and missed within one second: whether its figures can be believed.</summary>
internal sealed class GeneratorSecond
{
    /// <summary>CPU of the busiest loop, percent of a core.</summary>
    public double LoopCpuPercent { get; set; }
    /// <summary>CPU of the whole process, percent of a core.</summary>
    public double ProcessCpuPercent { get; set; }
    /// <summary>Time in which the garbage collector had stopped the process, milliseconds.</summary>
    public double GcPauseMs { get; set; }
    /// <summary>How late the latest send was after its intended time, milliseconds.</summary>
    public double LagMaxMs { get; set; }
    /// <summary>The same for 99 % of the sends.</summary>
    public double LagP99Ms { get; set; }
    /// <summary>Memory of the process, bytes.</summary>
    public long MemoryBytes { get; set; }

    /// <summary>What hindered it, or an empty text.</summary>
    public string Complaint()
    {
        List<string> complaints = [];
        if (LoopCpuPercent > Bottleneck.LoopCpuPercentMax) complaints.Add(FormattableString.Invariant($"a loop used {LoopCpuPercent:0} % of a core"));
        if (LagP99Ms > Bottleneck.LagMsMax) complaints.Add(FormattableString.Invariant($"sends were up to {LagMaxMs:0} ms late{(IsStarved ? " although it was not busy: something else had the processor" : "")}"));
        if (GcPauseMs > Bottleneck.GcPauseMsMax) complaints.Add(FormattableString.Invariant($"the garbage collector paused it for {GcPauseMs:0} ms"));
        return string.Join(", ", complaints);
    }

    /// <summary>Late without having worked: the machine is too small for the generator, the gateway and whatever else runs on it.</summary>
    private bool IsStarved => LoopCpuPercent < Bottleneck.LoopCpuPercentMax / 2 && ProcessCpuPercent < Bottleneck.LoopCpuPercentMax;

    /// <summary>Takes over what is worse in another process's same second; processes' CPU and memory add up.</summary>
    public void Merge(GeneratorSecond other)
    {
        LoopCpuPercent = Math.Max(LoopCpuPercent, other.LoopCpuPercent);
        ProcessCpuPercent += other.ProcessCpuPercent;
        GcPauseMs = Math.Max(GcPauseMs, other.GcPauseMs);
        LagMaxMs = Math.Max(LagMaxMs, other.LagMaxMs);
        LagP99Ms = Math.Max(LagP99Ms, other.LagP99Ms);
        MemoryBytes += other.MemoryBytes;
    }
}
