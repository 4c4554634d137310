namespace FastChat.Gateway.Connections;

/// <summary>Marks a connection whose address a PROXY header told: it is forwarded, even from loopback.</summary>
internal sealed class ProxiedFeature;
