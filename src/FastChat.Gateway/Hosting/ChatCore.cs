using FastChat.Codec.Messages;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Options;
using FastChat.Gateway.Rest;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;
using FastChat.Gateway.Transport;
using Microsoft.AspNetCore.Connections;

namespace FastChat.Gateway.Hosting;

/// <summary>The chat, put together: rooms, people, commands, and the hosts that drive connections.</summary>
internal sealed class ChatCore : IDisposable
{
    private static readonly TimeSpan s_tidyInterval = TimeSpan.FromSeconds(1);

    // Clients of a gateway that restarts come back spread over this time, after which it is up again.
    private static readonly TimeSpan s_returnWithin = TimeSpan.FromSeconds(2);

    private readonly GatewayOptions _options;
    private readonly HealthState _health;
    private readonly RoomDirectory _rooms;
    private readonly PersonDirectory _persons;
    private readonly PipeHost _pipes;
    private readonly Admission _admission;
    private readonly ProxyPreamble _proxyPreamble;
    private readonly Sniffer _sniffer;
    private readonly ILogger _lateLogger;
    private readonly ConnectionLimits _limits;
    private readonly IdleMemory _idleMemory = new();
    private readonly ChatMetrics _metrics;
    private readonly ITimer _tidy;

    public ChatCore(
        GatewayOptions options, GuestKeys guestKeys, OriginPolicy origins, TrustedProxies proxies, ConnectionLimits limits, HealthState health,
        TimeProvider clock, ILoggerFactory loggers)
    {
        _options = options;
        _health = health;
        _limits = limits;
        FanoutSettings settings = OptionMapping.ToFanout(options);
        _rooms = new RoomDirectory(settings, OptionMapping.ToPolicies(options.Rooms), clock, Random.Shared);
        _persons = new PersonDirectory(settings, clock);
        ChatCommands commands = new(_rooms, _persons, guestKeys, OptionMapping.ToChat(options));
        _admission = new Admission(origins, proxies, limits, () => health.IsReady, "/ws"u8) { AllowsDeflate = OptionMapping.AllowsDeflate(options.Rooms) };
        SessionLimits session = OptionMapping.ToSession(options.Limits);
        int loopCount = Environment.ProcessorCount;
        if (options.Listen.Host != ConnectionHost.Pipe && EpollHost.IsSupported)
            Epoll = new EpollHost(loopCount, clock, commands, session, _admission, proxies, loggers.CreateLogger<EpollHost>());
        Epoll?.Start();
        _pipes = new PipeHost(Epoll?.Loops.Count ?? 0, loopCount, clock, commands, session, loggers.CreateLogger<PipeHost>());
        _proxyPreamble = new ProxyPreamble(proxies, options.Limits.HandshakeTimeout, clock, loggers.CreateLogger<ProxyPreamble>());
        _sniffer = new Sniffer(_pipes, _admission, options.Limits.HandshakeTimeout, clock, loggers.CreateLogger<Sniffer>());
        _metrics = new ChatMetrics(this, _rooms, limits, _pipes, Epoll);
        _lateLogger = loggers.CreateLogger<UpgradeEndpoint>();
        _tidy = clock.CreateTimer(static core => ((ChatCore)core!).Tidy(), this, s_tidyInterval, s_tidyInterval);
        Sender = new RoomSender(_rooms, _persons, Epoll is null ? _pipes.NextLoop : Epoll.NextLoop);
    }

    /// <summary>Drives plain connections; null where the pipe host drives all.</summary>
    public EpollHost? Epoll { get; }

    /// <summary>Publishes for HTTP requests.</summary>
    public RoomSender Sender { get; }

    /// <summary>What a connection passes ahead of TLS: its PROXY header, where somebody may send one.</summary>
    public ConnectionDelegate AheadOfTls(ConnectionDelegate next) =>
        _options.Proxies.Trusted.Length == 0 ? next : context => _proxyPreamble.OnConnectedAsync(context, next);

    /// <summary>What a connection passes behind TLS: it is told apart, and is served here or by <paramref name="http"/>.</summary>
    /// <param name="http">Kestrel's HTTP.</param>
    /// <param name="isTcpOnly">Whether HTTP is not served on this address.</param>
    public ConnectionDelegate BehindTls(ConnectionDelegate http, bool isTcpOnly) =>
        context => _sniffer.OnConnectedAsync(context, isTcpOnly ? null : http);

    /// <summary>Runs a connection whose upgrade came through Kestrel's HTTP; see <see cref="RunConnection"/>.</summary>
    public async Task RunLateUpgradeAsync(Stream transport, AgreedForm form, ForwardedClient client, HttpContext context)
    {
        CloseReason reason = await _pipes.RunAsync(transport, form, _admission.PeerOf(client), context.Abort);
        ConnectionLog.Closed(_lateLogger, context.Connection.Id, RequestClient.PeerOf(context.Connection), CloseReasons.Text(reason));
    }

    /// <summary>The gateway stops: it is not ready any more, and every connection is told to come back, here or elsewhere, each at its own time.</summary>
    public void Drain()
    {
        _health.Phase = GatewayPhase.Draining;
        Epoll?.CloseAll(CloseReason.Draining, s_returnWithin);
        _pipes.CloseAll(CloseReason.Draining, s_returnWithin);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tidy.Dispose();
        _metrics.Dispose();
        _pipes.Dispose();
        Epoll?.Dispose();
    }

    private void Tidy()
    {
        // A full pass takes a minute, whatever the number of rooms.
        if (!Monitor.TryEnter(_rooms)) return;
        try
        {
            _rooms.Tidy(Math.Max(1000, _rooms.Count / 60));
            _persons.Tidy();
            _idleMemory.Look((long)_limits.Count + _persons.Count + _rooms.Count);
        }
        finally
        {
            Monitor.Exit(_rooms);
        }
    }
}
