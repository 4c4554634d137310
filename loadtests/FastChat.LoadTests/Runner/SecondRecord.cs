using System.Text.Json;
using System.Text.Json.Serialization;
using FastChat.Swarm;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>All that one process measured in one second; a line of JSON between processes.</summary>
internal sealed class SecondRecord
{
    /// <summary>Of the run, from 0.</summary>
    public int Second { get; set; }

    /// <summary>From the start of the run to its end, milliseconds.</summary>
    public double EndMs { get; set; }

    /// <summary>By scenario, then by step; the empty name is the whole iteration.</summary>
    public Dictionary<string, Dictionary<string, RequestRecord>> Requests { get; init; } = [];

    /// <summary>What the connections heard.</summary>
    public SwarmCounts Swarm { get; init; } = new();

    /// <summary>What the generator itself used and missed.</summary>
    public GeneratorSecond Generator { get; init; } = new();

    /// <summary>Adds what another process measured in the same second.</summary>
    public void Merge(SecondRecord other)
    {
        EndMs = Math.Max(EndMs, other.EndMs);
        foreach ((string scenario, Dictionary<string, RequestRecord> steps) in other.Requests)
        {
            foreach ((string step, RequestRecord record) in steps) Of(scenario, step).Merge(record);
        }
        Swarm.Add(other.Swarm);
        Generator.Merge(other.Generator);
    }

    /// <summary>The record of a step, made when there is none.</summary>
    public RequestRecord Of(string scenario, string step)
    {
        if (!Requests.TryGetValue(scenario, out Dictionary<string, RequestRecord>? steps)) Requests[scenario] = steps = [];
        if (!steps.TryGetValue(step, out RequestRecord? record)) steps[step] = record = new RequestRecord();
        return record;
    }
}

/// <summary>Answers of a step.</summary>
internal sealed class RequestRecord
{
    public SideRecord Ok { get; init; } = new();
    public SideRecord Fail { get; init; } = new();

    public void Merge(RequestRecord other)
    {
        Ok.Merge(other.Ok);
        Fail.Merge(other.Fail);
    }
}

/// <summary>Answers of a step that went one way.</summary>
internal sealed class SideRecord
{
    [JsonIgnore]
    public LatencyHistogram Latency { get; private set; } = new();

    [JsonIgnore]
    public LatencyHistogram Size { get; private set; } = new();

    /// <summary>By status: how many, and what the last said.</summary>
    public Dictionary<string, StatusRecord> Codes { get; init; } = [];

    public string LatencyText
    {
        get => Latency.ToText();
        set => Latency = LatencyHistogram.Parse(value);
    }

    public string SizeText
    {
        get => Size.ToText();
        set => Size = LatencyHistogram.Parse(value);
    }

    public void Add(IResponse response, long microseconds)
    {
        Latency.Record(response.CustomLatencyMs > 0 ? (long)(response.CustomLatencyMs * 1000) : microseconds);
        Size.Record(response.SizeBytes);
        if (response.StatusCode.Length > 0 || response.Message.Length > 0) CountCode(response.StatusCode, response.Message, 1);
    }

    public void Merge(SideRecord other)
    {
        Latency.Merge(other.Latency);
        Size.Merge(other.Size);
        foreach ((string code, StatusRecord status) in other.Codes) CountCode(code, status.Message, status.Count);
    }

    private void CountCode(string code, string message, long count)
    {
        if (!Codes.TryGetValue(code, out StatusRecord? status)) Codes[code] = status = new StatusRecord();
        status.Count += count;
        if (message.Length > 0) status.Message = message;
    }
}

/// <summary>Answers of one status.</summary>
internal sealed class StatusRecord
{
    public long Count { get; set; }
    public string Message { get; set; } = "";
}

/// <summary>What a process says to the one that started it, a line each.</summary>
internal sealed class WorkerLine
{
    /// <summary>It has come to this phase, and waits for a line that says that all have.</summary>
    public RunPhase? Reached { get; set; }

    /// <summary>A second of the run.</summary>
    public SecondRecord? Second { get; set; }

    /// <summary>Values that its scenarios set, at the end.</summary>
    public Dictionary<string, MetricValue>? Values { get; set; }

    /// <summary>Why it gave up.</summary>
    public string? Fault { get; set; }

    public string ToJson() => JsonSerializer.Serialize(this);

    /// <returns>Null when the line is something else.</returns>
    public static WorkerLine? Parse(string line) => line.StartsWith('{') ? JsonSerializer.Deserialize<WorkerLine>(line) : null;
}

/// <summary>A value that a scenario set.</summary>
/// <param name="Value">What it is.</param>
/// <param name="AddsUp">Whether the processes' values are added; else the largest holds.</param>
internal sealed record MetricValue(double Value, bool AddsUp);
