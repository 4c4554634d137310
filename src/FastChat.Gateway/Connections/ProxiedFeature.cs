namespace FastChat.Gateway.Connections;

/// <summary>Marks a connection whose address a PROXY header told: it is forwarded, even from loopback.</summary>
internal sealed class ProxiedFeature;

/// <summary>Marks a connection whose first bytes the epoll host has looked at: it is for Kestrel.</summary>
internal sealed class SniffedFeature
{
    public static readonly SniffedFeature Instance = new();
}
