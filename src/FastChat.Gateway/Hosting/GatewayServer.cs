using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Options;
using FastChat.Gateway.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using KestrelListenOptions = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace FastChat.Gateway.Hosting;

/// <summary>Kestrel, its endpoints and the HTTP application on them, with nothing taken from ASP.NET's own configuration.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly GatewayOptions _options;
    private readonly TlsCertificate? _certificate;
    private readonly List<ListenAddress> _addresses;
    private readonly List<(ListenAddress Address, KestrelListenOptions Listen)> _endpoints = [];
    private readonly WebApplication _app;
    private readonly IDisposable _badRequests;
    private ChatCore? _chat;

    /// <param name="options">Already checked.</param>
    /// <param name="certificate">For the addresses with TLS.</param>
    public GatewayServer(GatewayOptions options, TlsCertificate? certificate)
    {
        _options = options;
        _certificate = certificate;
        _addresses = ListenAddress.Resolve(options.Listen, []);
        // The empty builder reads no environment and no files: ASPNETCORE_ variables change nothing, and the current folder does not matter.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "FastChat.Gateway",
            EnvironmentName = Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
        });
        ConfigureLogging(builder.Logging, options.Logging.Level);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Drain.GracePeriod);
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore().UseSockets(SocketSettings.Configure).ConfigureKestrel(ConfigureKestrel);
        // Behind Kestrel's own, which is asked for what this one does not take.
        builder.Services.AddSingleton(services => new EpollTransport(_addresses, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<EpollTransport>());
        _app = builder.Build();
        DiagnosticListener diagnostics = _app.Services.GetRequiredService<DiagnosticListener>();
        _badRequests = diagnostics.Subscribe(new BadRequests(Loggers.CreateLogger<BadRequests>()), static name => name == BadRequests.EventName);
    }

    /// <summary>Puts on what is served: before <see cref="StartAsync"/>.</summary>
    /// <param name="chat">Gets every connection first.</param>
    /// <param name="map">Puts middleware and routes on the application, which gets the rest.</param>
    public void Serve(ChatCore? chat, Action<WebApplication> map)
    {
        _chat = chat;
        _app.Services.GetRequiredService<EpollTransport>().Host = chat?.Epoll;
        map(_app);
    }

    /// <summary>Raised when the gateway was asked to stop, before anything is closed.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>For the parts that log.</summary>
    public ILoggerFactory Loggers => _app.Services.GetRequiredService<ILoggerFactory>();

    /// <summary>Addresses that serve HTTP, with the ports really taken; after <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<string> Urls => UrlsOf(isTcpOnly: false);

    /// <summary>Addresses that speak the TCP protocol alone; after <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<string> TcpUrls => UrlsOf(isTcpOnly: true);

    /// <summary>Listens.</summary>
    /// <exception cref="StartException">A port is in use, needs more rights, or its address is not this machine's.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _app.StartAsync(cancellation);
        }
        catch (Exception failure) when (Reason(failure) is SocketError reason)
        {
            // What was bound before the failure is given back first, or it would look taken too.
            await _app.DisposeAsync();
            throw new StartException(StartException.CannotStart, _endpoints.ConvertAll(endpoint => BindFaults.Describe(endpoint.Address)).Find(fault => fault is not null)
                ?? $"cannot listen: {new SocketException((int)reason).Message}");
        }
    }

    /// <summary>Ends when the gateway was asked to stop and all is closed.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        _badRequests.Dispose();
        return _app.DisposeAsync();
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        if (level is LogLevel.Trace) return;
        // ASP.NET's own lines matter from warnings on; the host's tell a failed start with its stack trace, which we say in one line.
        logging.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }

    private void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = _options.Limits.RequestBytesMax;
        kestrel.Limits.RequestHeadersTimeout = _options.Limits.HandshakeTimeout;
        foreach (ListenAddress address in _addresses)
        {
            Action<KestrelListenOptions> configure = listen => ConfigureEndpoint(listen, address);
            // One free port for two families cannot be found: localhost is IPv4 then, and all interfaces are one socket for both.
            if (address.Host == "*" && address.Port == 0) kestrel.Listen(new GatewayEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address), configure);
            else if (address.Host == "*") kestrel.ListenAnyIP(address.Port, configure);
            else if (address.Host == "localhost" && address.Port == 0) kestrel.Listen(new GatewayEndPoint(IPAddress.Loopback, address), configure);
            else if (address.Host == "localhost") kestrel.ListenLocalhost(address.Port, configure);
            else kestrel.Listen(new GatewayEndPoint(IPAddress.Parse(address.Host), address), configure);
        }
    }

    /// <summary>What a connection passes before Kestrel's HTTP sees it, outermost first.</summary>
    private void ConfigureEndpoint(KestrelListenOptions listen, ListenAddress address)
    {
        _endpoints.Add((address, listen));
        listen.Protocols = HttpProtocols.Http1;
        // The delegates are built when the address is bound, after Serve; this runs before.
        listen.Use(next => _chat is null ? next : _chat.AheadOfTls(next));
        if (address.IsTls)
        {
            listen.Use(next => new TlsHandshakes(Loggers.CreateLogger<TlsHandshakes>()).Ahead(next));
            UseTls(listen);
            listen.Use(TlsHandshakes.Behind);
        }

        listen.Use(next => _chat is null ? next : _chat.BehindTls(next, address.IsTcpOnly));
    }

    private void UseTls(KestrelListenOptions listen)
    {
        Debug.Assert(_certificate is not null);
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _certificate.Certificate,
            ServerCertificateChain = _certificate.Chain,
            HandshakeTimeout = _options.Limits.HandshakeTimeout,
        });
    }

    private List<string> UrlsOf(bool isTcpOnly) =>
        [.. _endpoints.Where(endpoint => endpoint.Address.IsTcpOnly == isTcpOnly).Select(endpoint => endpoint.Address.ToUrl(PortOf(endpoint.Listen, endpoint.Address)))];

    private static int PortOf(KestrelListenOptions listen, ListenAddress address) =>
        address.Port == 0 ? listen.IPEndPoint?.Port ?? 0 : address.Port;

    /// <summary>Kestrel wraps a busy port into an IOException and leaves other errors of the socket as they are.</summary>
    private static SocketError? Reason(Exception? failure) => failure switch
    {
        null => null,
        AddressInUseException => SocketError.AddressAlreadyInUse,
        SocketException socket => socket.SocketErrorCode,
        _ => Reason(failure.InnerException),
    };
}
