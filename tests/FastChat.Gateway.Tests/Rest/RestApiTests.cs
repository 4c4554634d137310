using System.Net;
using System.Text.Json;
using FastChat.Gateway.Hosting;

namespace FastChat.Gateway.Tests.Rest;

public sealed class RestApiTests
{
    [Theory]
    [InlineData("text/html", "text/html; charset=utf-8")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json, text/html;q=0.5", "application/json")]
    [InlineData("text/html;q=0", "application/json")]
    [InlineData(null, "application/json")]
    public async Task The_root_is_the_page_for_who_accepts_HTML_and_JSON_for_others(string? accept, string contentType)
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/", null, accept is null ? [] : [("Accept", accept)]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType?.ToString());
        Assert.Contains("Accept", response.Header("Vary"), StringComparison.Ordinal);
        Assert.Empty(response.Header("Server"));
    }

    [Theory]
    [InlineData("/chat/", "text/html; charset=utf-8")]
    [InlineData("/chat/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/client/index.js", "text/javascript; charset=utf-8")]
    public async Task Files_are_served_with_a_strict_policy_and_asked_again_by_tag(string path, string contentType)
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);
        using HttpResponseMessage again = await host.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", $"\"other\", W/{response.Header("ETag")}"));
        using HttpResponseMessage head = await host.SendAsync(HttpMethod.Head, path);

        Assert.Equal(contentType, response.Content.Headers.ContentType?.ToString());
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", response.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(response.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_folder_without_its_slash_leads_to_the_folder()
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/chat?room=x");

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal("/chat/?room=x", response.Header("Location"));
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/chat/nowhere.js")]
    [InlineData("/chat/../Program.cs")]
    [InlineData("/chat/%2e%2e/client/index.js")]
    [InlineData("/client/")]
    public async Task What_is_not_there_is_a_404_problem(string path)
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);

        if (path.Contains("%2e", StringComparison.Ordinal) && response.StatusCode == HttpStatusCode.OK) return; // It is /client/index.js.
        await response.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("DELETE", "/health", "GET, HEAD")]
    [InlineData("GET", "/send_message", "POST")]
    [InlineData("POST", "/ws", "GET")]
    [InlineData("POST", "/", "GET, HEAD")]
    public async Task A_wrong_method_is_a_405_problem_that_names_the_right_ones(string method, string path, string allowed)
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(new HttpMethod(method), path);

        await response.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal(allowed, response.Header("Allow"));
    }

    [Fact]
    public async Task The_index_names_version_and_links_that_work()
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/api");
        JsonElement index = await response.JsonAsync();

        Assert.Equal("FastChat", index.GetProperty("name").GetString());
        Assert.Equal(Banner.Version, index.GetProperty("version").GetString());
        foreach (JsonProperty link in index.GetProperty("links").EnumerateObject())
        {
            using HttpResponseMessage there = await host.SendAsync(HttpMethod.Get, link.Value.GetString()!);
            Assert.NotEqual(HttpStatusCode.NotFound, there.StatusCode);
        }
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/api/health")]
    public async Task Health_names_each_part_and_is_503_when_one_is_down_or_the_gateway_is_not_ready(string path)
    {
        await using RestHost host = await new RestHost().StartAsync();
        async Task Expect(HttpStatusCode code, string status)
        {
            using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);
            Assert.Equal(code, response.StatusCode);
            Assert.Equal(status, (await response.JsonAsync()).GetProperty("status").GetString());
        }

        await Expect(HttpStatusCode.OK, "ready");
        host.Health.Report("log", HealthStatus.Degraded, "slow");
        await Expect(HttpStatusCode.OK, "degraded");
        host.Health.Report("log", HealthStatus.Down, "gone");
        await Expect(HttpStatusCode.ServiceUnavailable, "unready");
        host.Health.Report("log", HealthStatus.Up, "memory");
        host.Health.Phase = GatewayPhase.Draining;
        await Expect(HttpStatusCode.ServiceUnavailable, "draining");

        using HttpResponseMessage last = await host.SendAsync(HttpMethod.Get, path);
        Assert.Equal("memory", (await last.JsonAsync()).GetProperty("dependencies").GetProperty("log").GetProperty("detail").GetString());
        using HttpResponseMessage live = await host.SendAsync(HttpMethod.Get, "/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task A_foreign_origin_is_refused_with_the_option_that_allows_it()
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/api", null, ("Origin", "https://evil.example"));

        JsonElement problem = await response.ProblemAsync(HttpStatusCode.Forbidden, "origin_not_allowed");
        Assert.Contains("https://evil.example", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("Origins:Allowed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(response.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_allowed_origin_may_read_answers_and_problems_and_gets_its_preflight()
    {
        await using RestHost host = await new RestHost().StartAsync();
        (string, string) origin = ("Origin", "http://localhost:3000");

        using HttpResponseMessage read = await host.SendAsync(HttpMethod.Get, "/nowhere", null, origin);
        using HttpResponseMessage preflight = await host.SendAsync(HttpMethod.Options, "/send_message", null, origin, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));

        Assert.Equal("http://localhost:3000", read.Header("Access-Control-Allow-Origin"));
        Assert.Contains("Origin", read.Header("Vary"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Contains("POST", preflight.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal("content-type", preflight.Header("Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task The_host_that_a_trusted_proxy_names_is_the_own_host()
    {
        RestHost host = new();
        host.Options.Origins.Allowed = ["https://elsewhere.example"];
        host.Options.Proxies.Trusted = ["127.0.0.1"];
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage named = await host.SendAsync(HttpMethod.Get, "/api", null, ("Origin", "https://chat.example.com"), ("X-Forwarded-Host", "chat.example.com"));
        using HttpResponseMessage unnamed = await host.SendAsync(HttpMethod.Get, "/api", null, ("Origin", "https://chat.example.com"));

        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, unnamed.StatusCode);
    }
}
