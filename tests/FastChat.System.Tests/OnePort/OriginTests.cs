using System.Net;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.OnePort;

/// <summary>One list of origins holds for upgrades and for HTTP.</summary>
public sealed class OriginTests(OnePortGateway gateway) : IClassFixture<OnePortGateway>
{
    private const string Stranger = "https://evil.example.net";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WayIn.Plain)]
    [InlineData(WayIn.Tls)]
    [InlineData(WayIn.Late)]
    [InlineData(WayIn.LateOverTls)]
    public async Task A_foreign_pages_upgrade_is_refused_naming_origin_and_option(WayIn way)
    {
        await using WireConnection connection = await new Route(way).OpenAsync(gateway.Process);
        await connection.SendAsync(Upgrade.Request($"Origin: {Stranger}\r\n"));
        (string head, string body) = await connection.ReadAnswerAsync();
        Assert.StartsWith("HTTP/1.1 403 ", head, StringComparison.Ordinal);
        Assert.Contains(Stranger, body, StringComparison.Ordinal);
        Assert.Contains("Origins:Allowed", body, StringComparison.Ordinal);

        await using ChatPeer allowed = await ChatPeer.ConnectAsync(gateway.Process, Spoken.Json, way, $"Origin: {OnePortGateway.Origin}\r\n");
        await allowed.JoinAsync("origins", $"guest-{way}");
    }

    [Fact]
    public async Task A_page_of_the_gateways_own_host_may_come_in()
    {
        await using ChatPeer own = await ChatPeer.ConnectAsync(gateway.Process, Spoken.Json, WayIn.Plain, "Origin: https://chat.test\r\n");
        await own.JoinAsync("origins", "own");
    }

    [Fact]
    public async Task Pages_of_allowed_origins_may_read_answers_and_others_get_none()
    {
        using HttpClient http = new() { BaseAddress = gateway.Process.Address };
        using HttpResponseMessage allowed = await AskAsync(http, HttpMethod.Get, "/api", OnePortGateway.Origin);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal([OnePortGateway.Origin], allowed.Headers.GetValues("Access-Control-Allow-Origin"));

        using HttpResponseMessage preflight = await AskAsync(http, HttpMethod.Options, "/send_message", OnePortGateway.Origin);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal([OnePortGateway.Origin], preflight.Headers.GetValues("Access-Control-Allow-Origin"));

        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            using HttpResponseMessage refused = await AskAsync(http, method, "/api", Stranger);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.Contains(Stranger, await refused.Content.ReadAsStringAsync(Stopping), StringComparison.Ordinal);
        }
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, HttpMethod method, string path, string origin)
    {
        HttpRequestMessage request = new(method, path);
        request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Options) request.Headers.Add("Access-Control-Request-Method", "POST");
        return http.SendAsync(request, Stopping);
    }
}
