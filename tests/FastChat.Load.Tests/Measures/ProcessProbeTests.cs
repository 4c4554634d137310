using System.Net;
using System.Net.Sockets;
using FastChat.Swarm.Measures;
using FastChat.Swarm.Sockets;

namespace FastChat.Load.Tests.Measures;

public sealed class ProcessProbeTests
{
    private const string Table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0
           1: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000000000000000 20 4 30 10 -1
           2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0
        """;

    [Fact]
    public void Who_listens_on_a_port_is_found_among_its_sockets() =>
        Assert.Equal(["socket:[4711]"], ProcessProbe.ParseListeners(Table.Split('\n'), port: 8000));

    [Fact]
    public void A_process_of_this_machine_is_found_by_its_port_and_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int? found = ProcessProbe.FindListener(((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.Equal(Environment.ProcessId, found);
        ProcessUse use = Assert.NotNull(new ProcessProbe(Environment.ProcessId).Read());
        Assert.True(use.CpuSeconds > 0 && use.ResidentBytes > use.AnonymousBytes && use.AnonymousBytes > 1_000_000, $"{use}");
    }

    [Fact]
    public void A_process_that_is_gone_reads_as_nothing() => Assert.Null(new ProcessProbe(int.MaxValue).Read());

    [Fact]
    public void A_file_limit_that_is_too_low_is_told_with_what_to_do()
    {
        const string Limits = "Limit                     Soft Limit           Hard Limit           Units\nMax processes             100  100  processes\nMax open files            20000                20000                files\n";
        int limit = DescriptorLimit.Parse(Limits);
        Assert.Equal(20_000, limit);
        Assert.Null(DescriptorLimit.WhyTooLow(19_000, limit));
        Assert.Contains("--processes 2", DescriptorLimit.WhyTooLow(30_000, limit), StringComparison.Ordinal);
        Assert.Contains("ulimit -n 30300", DescriptorLimit.WhyTooLow(30_000, limit), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_connections_come_from_several_addresses_and_processes_take_others()
    {
        Assert.Equal(["127.0.0.2", "127.0.0.3"], SourceAddresses.For(IPAddress.Loopback, 19_000, firstIndex: 0).Select(address => $"{address}"));
        Assert.Equal(["127.0.0.3", "127.0.0.4", "127.0.0.5"], SourceAddresses.For(IPAddress.Loopback, 19_000, firstIndex: 19_000).Select(address => $"{address}"));
        Assert.Empty(SourceAddresses.For(IPAddress.Parse("192.0.2.1"), 60_000, 0));
        Assert.Empty(SourceAddresses.For(IPAddress.IPv6Loopback, 60_000, 0));
    }
}
