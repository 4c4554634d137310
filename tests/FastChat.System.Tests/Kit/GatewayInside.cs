using System.Collections;
using System.Diagnostics.Metrics;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Rest;
using FastChat.Gateway.Security;

namespace FastChat.System.Tests.Kit;

/// <summary>A whole gateway, put together as the program does it, inside the test's process on real ports: what it counts of itself can be read.</summary>
internal sealed class GatewayInside : IGatewayUnderTest
{
    private readonly TempFolder _folder = new();
    private readonly DataFolder _data;
    private readonly GatewayServer _server;
    private readonly ChatCore _chat;

    private GatewayInside(GatewayOptions options)
    {
        _data = DataFolder.Open(_folder.File("data"));
        OriginPolicy origins = new(options.Origins, isBoundToLoopback: true);
        TrustedProxies proxies = new(options.Proxies);
        ConnectionLimits limits = new(options.Limits, connectionsMax: 10_000, TimeProvider.System);
        HealthState health = new() { Phase = GatewayPhase.Ready };
        _server = new GatewayServer(options, TlsCertificate.Load(options.Listen));
        _chat = new ChatCore(options, new GuestKeys(SigningKeys.Load(null, _data)), origins, proxies, limits, health, TimeProvider.System, _server.Loggers);
        ApiEndpoint api = new(options);
        RestApi rest = new(
            origins, proxies, api, new PageEndpoints(WebAssets.Embedded(), api), new HealthEndpoints(health),
            new SendMessage(options, proxies, limits, _chat.Sender.SendAsync, TimeProvider.System), new UpgradeEndpoint(proxies, limits, health, _chat.RunLateUpgradeAsync, OptionMapping.AllowsDeflate(options.Rooms)));
        _server.Serve(_chat, rest.Map);
    }

    public Uri Address => new(_server.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal)));

    public Uri SecureAddress => new(_server.Urls.First(url => url.StartsWith("https:", StringComparison.Ordinal)));

    /// <summary>Starts one.</summary>
    /// <param name="arguments">Its command line.</param>
    public static async Task<GatewayInside> StartAsync(params string[] arguments)
    {
        List<string> problems = [];
        GatewayOptions options = ConfigurationSources.Read(CommandLine.Parse([.. TestHost.GatewayOptions, .. arguments], problems), new Hashtable(), problems);
        Assert.Empty(problems);
        GatewayInside gateway = new(options);
        await gateway._server.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    /// <summary>What it counts of itself at the moment, by name.</summary>
    public Dictionary<string, long> Counts()
    {
        Dictionary<string, long> counts = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _chat)) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counts[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _chat.Dispose();
        _data.Dispose();
        _folder.Dispose();
    }
}
