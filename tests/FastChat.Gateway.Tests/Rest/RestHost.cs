using FastChat.Codec.Messages;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Rest;
using FastChat.Gateway.Security;
using FastChat.Gateway.Tests.Security;
using Microsoft.Extensions.Logging;

namespace FastChat.Gateway.Tests.Rest;

/// <summary>The gateway's HTTP side on a real port, with a room and a chat connection that a test writes itself.</summary>
internal sealed class RestHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private GatewayServer _server = null!;

    public GatewayOptions Options { get; } = new() { Listen = { Urls = ["http://127.0.0.1:0"], Host = HostOfThisRun() }, Logging = { Level = LogLevel.None } };

    public HealthState Health { get; } = new() { Phase = GatewayPhase.Ready };

    public ManualTime Time { get; } = new();

    public ConnectionLimits Limits { get; private set; } = null!;

    public int ConnectionsMax { get; set; } = 1000;

    public bool AllowsDeflate { get; set; } = true;

    public TlsCertificate? Certificate { get; set; }

    public SendToRoom Send { get; set; } = (_, _, _, _, _) => ValueTask.FromResult(new SendResult(ErrorCode.None, "e1", 7));

    public RunConnection Run { get; set; } = (_, _, _, _) => Task.CompletedTask;

    public Dictionary<string, byte[]> Files { get; } = new() { ["chat/index.html"] = "<!doctype html>"u8.ToArray(), ["chat/app.js"] = "1"u8.ToArray(), ["client/index.js"] = "2"u8.ToArray() };

    public Uri Url { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async Task<RestHost> StartAsync()
    {
        Limits = new ConnectionLimits(Options.Limits, ConnectionsMax, Time);
        OriginPolicy origins = new(Options.Origins, isBoundToLoopback: true);
        TrustedProxies proxies = new(Options.Proxies);
        ApiEndpoint api = new(Options);
        RestApi rest = new(
            origins, proxies, api, new PageEndpoints(new WebAssets(Files), api), new HealthEndpoints(Health),
            new SendMessage(Options, proxies, Limits, Send, Time), new UpgradeEndpoint(proxies, Limits, Health, Run, AllowsDeflate));
        _server = new GatewayServer(Options, Certificate);
        _server.Serve(chat: null, rest.Map);
        await _server.StartAsync(TestContext.Current.CancellationToken);
        Url = new Uri(_server.Urls[0]);
        HttpClientHandler handler = new() { AllowAutoRedirect = false, ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        Client = new HttpClient(handler) { BaseAddress = Url, Timeout = Patience };
        return this;
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(method, path);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>What ./test says; unset, the gateway's own choice.</summary>
    private static ConnectionHost HostOfThisRun() =>
        Environment.GetEnvironmentVariable("FASTCHAT_TEST_HOST") is { Length: > 0 } name ? Enum.Parse<ConnectionHost>(name, ignoreCase: true) : ConnectionHost.Auto;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
