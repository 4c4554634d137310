using System.Net;

namespace FastChat.Codec.Proxies;

/// <summary>What a proxy says, ahead of all other bytes, about the connection that it passes on.</summary>
public readonly struct ProxyHeader
{
    /// <param name="source">See <see cref="Source"/>.</param>
    /// <param name="destination">See <see cref="Destination"/>.</param>
    public ProxyHeader(IPEndPoint source, IPEndPoint destination)
    {
        Source = source;
        Destination = destination;
    }

    /// <summary>Who connected to the proxy; null when it does not say (LOCAL, UNKNOWN, UNSPEC, Unix sockets): then the socket's own address holds.</summary>
    public IPEndPoint? Source { get; }

    /// <summary>Where it connected to; null together with <see cref="Source"/>.</summary>
    public IPEndPoint? Destination { get; }
}
