using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FastChat.LoadTests.Processes;

namespace FastChat.Load.Tests.EndToEnd;

/// <summary>The scenarios against a real gateway, small and short. What a threshold says of speed is not looked at: machines differ.</summary>
public sealed partial class ScenarioTests : IAsyncLifetime
{
    private readonly string _reports = Directory.CreateTempSubdirectory("fastchat-reports-").FullName;
    private GatewayChild? _gateway;

    private string Url => _gateway!.Address.ToString();

    public async ValueTask InitializeAsync() => _gateway = await GatewayChild.StartAsync(5_000, ["--Limits:OutboxBytesMax=65536"]);

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        Directory.Delete(_reports, recursive: true);
    }

    [Theory]
    [InlineData("msgpack")]
    [InlineData("json")]
    [InlineData("tcp")]
    public async Task A_fixed_rate_is_published_acked_and_delivered_to_every_member_in_every_form(string form)
    {
        string output = await RunAsync("fixed-rate", "--connections=40", "--rooms=4", "--rate=50", "--duration=2s", $"--form={form}");
        Assert.Equal(100, Number(output, "publish", column: 0));
        Assert.InRange(long.Parse(Row(output, "delivered").Split(", ")[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 1_000, 1_010);
        AssertWhole(output);
    }

    [Fact]
    public async Task All_connections_drop_come_back_and_miss_nothing()
    {
        string output = await RunAsync("reconnect-storm", "--connections=300", "--rooms=10", "--rate=100", "--duration=5s");
        Assert.Equal("290 (290 resumed, 0 in another epoch)", Row(output, "joins during the run"));
        Assert.Equal("290", Row(output, "connections dropped"));
        Assert.Equal(1, Number(output, "nothing missing", column: 0));
        AssertWhole(output);
    }

    [Fact]
    public async Task A_day_has_talk_visitors_and_a_noon_without_a_network()
    {
        string output = await RunAsync("mixed-day", "--connections=100", "--rooms=10", "--rate=50", "--duration=4s");
        Assert.Equal(80, Number(output, "join", column: 0));
        Assert.Equal("90.00", Row(output, "connections dropped"));
        AssertWhole(output);
    }

    [Fact]
    public async Task People_come_and_go()
    {
        string output = await RunAsync("churn", "--connections=100", "--rooms=5", "--rate=20", "--duration=3s");
        Assert.Equal(60, Number(output, "join", column: 0));
        Assert.Equal("60, 60", Row(output, "published, acked"));
        AssertWhole(output);
    }

    [Fact]
    public async Task Readers_that_never_read_meet_the_policy_and_the_others_miss_nothing()
    {
        string output = await RunAsync("slow-readers", "--connections=100", "--rate=200", "--duration=4s", "--size=2000");
        Assert.Equal(("1.00", "1.00"), (Row(output, "slow readers"), Row(output, "slow readers that met the policy")));
        Assert.Contains("p99 without slow readers, ms", output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_reports, "*.html").Length);
    }

    [Fact]
    public async Task Several_processes_share_a_run_and_its_measurements_add_up()
    {
        string output = await RunAsync("big-room", "--processes=3", "--connections=31", "--rate=60", "--duration=2s");
        Assert.Equal("31", Row(output, "joined at the end"));
        Assert.Equal("3", Row(output, "processes"));
        Assert.Equal(120, Number(output, "publish", column: 0));
        // The warm-up's last message may still be on its way when counting begins; of the run itself every process waits for all.
        Assert.InRange(long.Parse(Row(output, "delivered").Split(", ")[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 120 * 31, 123 * 31);
        AssertWhole(output);
    }

    [Fact]
    public async Task A_threshold_that_does_not_hold_is_exit_code_1_and_named()
    {
        // One connection, which stays a second, and fifty visits: nearly all find it in use.
        (int exitCode, string output) = await LoadTool.RunAsync(_reports, "churn", $"--url={Url}", "--connections=1", "--rooms=1", "--rate=50", "--duration=1s");
        Assert.Equal(1, exitCode);
        Assert.Contains("every connection is in use", output, StringComparison.Ordinal);
        Assert.Matches(@"Fail\.Request\.Percent < 1 +FAILED", output);
    }

    [Theory]
    [InlineData("no-such-scenario")]
    [InlineData("fixed-rate", "--url=wss://localhost:1/ws")]
    [InlineData("fixed-rate", "--duration=soon")]
    [InlineData("fixed-rate", "--connections=0")]
    [InlineData("fixed-rate", "--form=xml")]
    public async Task What_cannot_be_run_is_one_line_and_exit_code_2(params string[] arguments)
    {
        (int exitCode, string output) = await LoadTool.RunAsync(_reports, arguments);
        Assert.Equal((2, true), (exitCode, output.StartsWith("loadtests: ", StringComparison.Ordinal)));
        Assert.Single(output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_process_that_gives_up_ends_the_run_and_says_why()
    {
        (int exitCode, string output) = await LoadTool.RunAsync(_reports, "idle-density", $"--url={Url}", "--processes=2", "--connections=100000000");
        Assert.Equal(2, exitCode);
        Assert.Contains("open files", output, StringComparison.Ordinal);
        Assert.Contains("--processes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_short_way_in_says_whether_everything_came()
    {
        (int exitCode, string output) = await LoadTool.FastChatAsync("swarm", "--url", Url, "--connections", "60", "--rooms", "6", "--rate", "60", "--duration", "2s");
        Assert.True(exitCode == 0, output);
        Assert.Contains("60 of 60 connections joined", output, StringComparison.Ordinal);
        Assert.Contains("published 120, acked 120; delivered 1,200 ", output, StringComparison.Ordinal);
        Assert.Contains("lost 0, twice or out of order 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_short_way_in_fails_in_one_line_when_nobody_listens()
    {
        (int exitCode, string output) = await LoadTool.FastChatAsync("swarm", "--url", "wss://localhost:1");
        Assert.Equal((1, true), (exitCode, output.StartsWith("fastchat: --url: a swarm speaks no TLS", StringComparison.Ordinal)));
    }

    /// <returns>What it said; it ran to its end, whether or not this machine was fast enough, and its HTML report is well-formed.</returns>
    private async Task<string> RunAsync(string scenario, params string[] arguments)
    {
        (int exitCode, string output) = await LoadTool.RunAsync(_reports, [scenario, $"--url={Url}", .. arguments]);
        Assert.True(exitCode is 0 or 1, output);
        foreach (string file in Directory.GetFiles(_reports, "*.html")) Assert.NotNull(XDocument.Load(file).Root);
        Assert.NotEmpty(Directory.GetFiles(_reports, "*.txt"));
        // The gateway was found by its port.
        Assert.Equal(_gateway!.ProcessId.ToString(CultureInfo.InvariantCulture), Row(output, "process"));
        return output;
    }

    private static void AssertWhole(string output)
    {
        Assert.Equal(("0", "0"), (Row(output, "lost without a word"), Row(output, "twice or out of order")));
        Assert.Equal("0, 0 offsets in them", Row(output, "gaps told"));
    }

    /// <summary>What stands behind a name in a table of two columns.</summary>
    private static string Row(string output, string name)
    {
        string line = Assert.Single(output.Split('\n').Distinct(), line => line.StartsWith($"  {name}  ", StringComparison.Ordinal));
        return line[(name.Length + 2)..].Trim();
    }

    /// <summary>A number behind a step's name in the table of requests.</summary>
    private static long Number(string output, string step, int column)
    {
        string line = output.Split('\n').First(line => Regex.IsMatch(line, $@"^  \w+ +{Regex.Escape(step)} "));
        string[] numbers = [.. Numbers().Matches(line[(line.IndexOf(step, StringComparison.Ordinal) + step.Length)..]).Select(match => match.Value)];
        return long.Parse(numbers[column], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"[\d,.]+")]
    private static partial Regex Numbers();
}
