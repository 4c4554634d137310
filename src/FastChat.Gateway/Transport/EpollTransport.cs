using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FastChat.Gateway.Transport;

/// <summary>Binds Kestrel's plain endpoints to the epoll host; those with TLS are left to Kestrel's own transport.</summary>
internal sealed class EpollTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly IReadOnlyList<ListenAddress> _addresses;
    private readonly ILoggerFactory _loggers;

    /// <param name="addresses">All of the gateway's.</param>
    /// <param name="loggers">For listeners.</param>
    public EpollTransport(IReadOnlyList<ListenAddress> addresses, ILoggerFactory loggers)
    {
        _addresses = addresses;
        _loggers = loggers;
    }

    /// <summary>Whose loops accept. Set before Kestrel starts; null: everything stays on Kestrel's transport.</summary>
    public EpollHost? Host { get; set; }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => Host is not null && endpoint is IPEndPoint ip && !AddressOf(ip).IsTls;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;
        try
        {
            socket = SocketSettings.Bind(endpoint);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }

        socket.NoDelay = true; // What is accepted has it from the start.
        socket.Blocking = false;
        socket.Listen(SocketSettings.BacklogMax);
        Debug.Assert(Host is not null);
        SocketConnectionContextFactory contexts = new(new SocketConnectionFactoryOptions(), _loggers.CreateLogger<SocketConnectionContextFactory>());
        bool isHttpToo = !AddressOf((IPEndPoint)endpoint).IsTcpOnly;
        return new(new EpollListener(Host, socket, isHttpToo, contexts, _loggers.CreateLogger<EpollListener>()));
    }

    /// <summary>What the operator asked for that this endpoint came of. Where the system chooses the port, the endpoint carries it.</summary>
    private ListenAddress AddressOf(IPEndPoint endpoint) => (endpoint as GatewayEndPoint)?.Listen ?? _addresses.First(address => address.Port == endpoint.Port && address.Host is "*" or "localhost");
}

/// <summary>An endpoint that knows what it is for: its port tells that for any other.</summary>
internal sealed class GatewayEndPoint(IPAddress ip, ListenAddress address) : IPEndPoint(ip, address.Port)
{
    /// <summary>What the operator asked for.</summary>
    public ListenAddress Listen { get; } = address;
}
