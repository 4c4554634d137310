using System.Globalization;
using FastChat.Swarm.Measures;

namespace FastChat.LoadTests.Runner;

/// <summary>The line that a second leaves while a run goes on.</summary>
internal static class Progress
{
    public static string Line(SecondRecord record, ProcessUse? server, ProcessUse? serverBefore)
    {
        LatencyHistogram requests = new();
        long failed = record.Swarm.FailureCount;
        foreach (Dictionary<string, RequestRecord> steps in record.Requests.Values)
        {
            if (!steps.TryGetValue("", out RequestRecord? whole)) continue;
            requests.Merge(whole.Ok.Latency);
            failed += whole.Fail.Latency.Count;
        }
        LatencyHistogram delivery = record.Swarm.DeliveryLatency;
        LatencyHistogram shown = delivery.Count > 0 ? delivery : requests;
        string gateway = server is ProcessUse now && serverBefore is ProcessUse before
            ? string.Create(CultureInfo.InvariantCulture, $"  gateway {(now.CpuSeconds - before.CpuSeconds) * 100:0} % {now.ResidentBytes >> 20:N0} MB")
            : "";
        string complaint = record.Generator.Complaint();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Second / 60,3}:{record.Second % 60:00}  {record.Swarm.Joined,7:N0} joined  {requests.Count,7:N0}/s done  {record.Swarm.Deliveries,9:N0}/s delivered  p50 {shown.Percentile(50) / 1000.0:0.00} p99 {shown.Percentile(99) / 1000.0:0.00} ms  {failed:N0} failed{gateway}  self {record.Generator.ProcessCpuPercent:0} %{(complaint.Length > 0 ? $"  ! {complaint}" : "")}");
    }
}
