using System.Net;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Connections;

/// <summary>Says who may come in: path, version, key, origin, and the limits on connections. Thread-safe.</summary>
internal sealed class Admission
{
    // A longer chain is no chain of proxies.
    private const int ForwardedAddressesMax = 32;

    // When to try again a gateway that is starting, draining or overloaded.
    private const int UnreadyDelayMs = 5_000;

    private readonly OriginPolicy _origins;
    private readonly TrustedProxies _proxies;
    private readonly ConnectionLimits _limits;
    private readonly Func<bool> _isReady;
    private readonly byte[] _path;

    /// <param name="origins">Which pages may come in.</param>
    /// <param name="proxies">Who is believed about whom they speak for.</param>
    /// <param name="limits">How many may come in.</param>
    /// <param name="isReady">Whether anybody may.</param>
    /// <param name="path">Where upgrades are served; empty: anywhere.</param>
    public Admission(OriginPolicy origins, TrustedProxies proxies, ConnectionLimits limits, Func<bool> isReady, ReadOnlySpan<byte> path)
    {
        _isReady = isReady;
        _path = path.ToArray();
        _origins = origins;
        _proxies = proxies;
        _limits = limits;
    }

    /// <summary>Whether who comes in may have messages compressed.</summary>
    public bool AllowsDeflate { get; init; }

    /// <summary>Lets an upgrade in that nothing speaks against; else it is for Kestrel to answer.</summary>
    /// <param name="request">The head.</param>
    /// <param name="address">The connection's other end, or whom a PROXY header named.</param>
    /// <param name="isProxied">Whether a PROXY header named it.</param>
    /// <param name="peer">Who came in; to be given to <see cref="Leave"/> at the end.</param>
    public bool TryAdmit(in UpgradeRequest request, IPAddress address, bool isProxied, out SessionPeer peer)
    {
        peer = default;
        if (!request.AsksForWebSocket || request.Fault != UpgradeFault.None || !_isReady()) return false;
        if (_path.Length > 0 && !request.Path.SequenceEqual(_path)) return false;
        ForwardedClient client = request.HasForwarding
            ? _proxies.Resolve(address, Joined(request), TextOf(request.ForwardedProto), TextOf(request.ForwardedHost))
            : new ForwardedClient(address, null, null, IsForwarded: false);
        bool isOriginAllowed = client.Host is null
            ? _origins.IsAllowed(request.Origin, request.Host)
            : _origins.IsAllowed(TextOf(request.Origin), client.Host);
        return isOriginAllowed && TryEnter(client.Address, client.IsForwarded || request.HasForwarding || isProxied, out peer, out _) == ConnectionRefusal.None;
    }

    /// <summary>Lets a TCP connection in; its parameters are those of <see cref="TryAdmit"/>.</summary>
    /// <returns>None, or why not.</returns>
    public CloseReason TryAdmitTcp(IPAddress address, bool isProxied, out SessionPeer peer, out int retryAfterMs)
    {
        if (!_isReady())
        {
            peer = default;
            retryAfterMs = UnreadyDelayMs;
            return CloseReason.Overloaded;
        }

        ConnectionRefusal refusal = TryEnter(address, isProxied, out peer, out TimeSpan retryAfter);
        retryAfterMs = (int)retryAfter.TotalMilliseconds;
        return refusal switch
        {
            ConnectionRefusal.None => CloseReason.None,
            ConnectionRefusal.GatewayFull => CloseReason.Overloaded,
            _ => CloseReason.TooManyConnections,
        };
    }

    /// <summary>A client who was counted in already, by the endpoint that its upgrade came through.</summary>
    public SessionPeer PeerOf(ForwardedClient client) => new(client.Address, _limits.IsExempt(client.Address, client.IsForwarded));

    private ConnectionRefusal TryEnter(IPAddress client, bool isForwarded, out SessionPeer peer, out TimeSpan retryAfter)
    {
        peer = new SessionPeer(client, _limits.IsExempt(client, isForwarded));
        return _limits.TryEnter(client, isForwarded, out retryAfter);
    }

    /// <summary>Counts out who came in.</summary>
    public void Leave(SessionPeer peer) => _limits.Leave(peer.AddressKey);

    private static string? TextOf(ReadOnlySpan<byte> value) => value.IsEmpty ? null : Encoding.Latin1.GetString(value);

    /// <summary>All of X-Forwarded-For in the order of the headers.</summary>
    private static string? Joined(in UpgradeRequest request)
    {
        string? joined = null;
        ForwardedAddresses addresses = request.ForwardedAddresses;
        for (int i = 0; i < ForwardedAddressesMax && addresses.TryTakeLast(out ReadOnlySpan<byte> address); i++)
        {
            string text = Encoding.Latin1.GetString(address);
            joined = joined is null ? text : text + "," + joined;
        }

        return joined;
    }
}
