namespace FastChat.Gateway.Options;

/// <summary>All that an operator may set, one property a section. Set once at start, then only read.</summary>
internal sealed class GatewayOptions
{
    public ListenOptions Listen { get; } = new();
    public OriginsOptions Origins { get; } = new();
    public ProxiesOptions Proxies { get; } = new();
    public LimitsOptions Limits { get; } = new();
    public RoomsOptions Rooms { get; } = new();
    public PresenceOptions Presence { get; } = new();
    public AuthOptions Auth { get; } = new();
    public DataOptions Data { get; } = new();
    public DrainOptions Drain { get; } = new();
    public LoggingOptions Logging { get; } = new();
}
