using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>What an operator sees at the start: an address to click, or one line that says what is wrong.</summary>
public sealed class StartTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Started_from_another_folder_it_serves_page_and_api_and_ends_cleanly()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using HttpClient client = new() { BaseAddress = gateway.Address };

        Assert.Contains("embedded", gateway.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(gateway.DataFolder, gateway.Output, StringComparison.Ordinal);
        using HttpResponseMessage health = await client.GetAsync(new Uri("/health", UriKind.Relative), Stopping);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using JsonDocument api = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api", UriKind.Relative), Stopping));
        Assert.True(api.RootElement.TryGetProperty("version", out _));
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        Assert.Contains("<html", await client.GetStringAsync(gateway.Address, Stopping), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task A_busy_port_says_so_in_one_line()
    {
        await using GatewayProcess first = await GatewayProcess.StartAsync();

        (int exitCode, IReadOnlyList<string> output) =
            await GatewayProcess.RunToEndAsync("--urls", first.Address.GetLeftPart(UriPartial.Authority));

        Assert.NotEqual(0, exitCode);
        string line = Assert.Single(output, line => line.Length > 0);
        Assert.Contains(first.Address.Port.ToString(global::System.Globalization.CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
        Assert.Contains("in use", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Limits:MessageBytesMax", "17", "1,024")] // Out of range: names option, value and range.
    [InlineData("Limits:MessageBytesMax", "many", "1,024")]
    [InlineData("Limits:MesageBytesMax", "65536", "Limits:MessageBytesMax")] // Unknown: names the nearest known one.
    public async Task A_wrong_option_stops_the_start_and_is_named(string option, string value, string help)
    {
        (int exitCode, IReadOnlyList<string> output) = await GatewayProcess.RunToEndAsync($"--{option}={value}");

        Assert.NotEqual(0, exitCode);
        string text = string.Join('\n', output);
        Assert.Contains(option, text, StringComparison.Ordinal);
        Assert.Contains(help, text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        if (option != "Limits:MesageBytesMax") Assert.Contains(value, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_gateway_on_one_data_folder_is_refused_and_told_the_first_ones_process()
    {
        await using GatewayProcess first = await GatewayProcess.StartAsync();

        (int exitCode, IReadOnlyList<string> output) =
            await GatewayProcess.RunToEndAsync("--urls", "http://127.0.0.1:0", $"--Data:Folder={first.DataFolder}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(output, line => line.Contains($"{first.ProcessId}", StringComparison.Ordinal));
    }
}
