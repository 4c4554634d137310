using System.Net;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Security;

/// <summary>Knows which peers are believed when they say for whom they speak. Thread-safe.</summary>
internal sealed class TrustedProxies
{
    /// <summary>Entries of one header that are walked; a longer chain is no chain of proxies.</summary>
    private const int HopsMax = 32;

    private readonly List<IPNetwork> _networks;

    /// <param name="options">Already checked.</param>
    public TrustedProxies(ProxiesOptions options) => _networks = ParseAll(options.Trusted, []);

    /// <summary>Reads the entries; what is wrong is added to <paramref name="problems"/>.</summary>
    public static List<IPNetwork> ParseAll(IReadOnlyList<string> entries, List<string> problems)
    {
        List<IPNetwork> networks = [];
        foreach (string entry in entries)
        {
            if (IPAddress.TryParse(entry, out IPAddress? address)) networks.Add(Single(Plain(address)));
            else if (IPNetwork.TryParse(entry, out IPNetwork network)) networks.Add(network);
            else problems.Add($"Proxies:Trusted has \"{entry}\"; it must be an IP address or a block such as 10.0.0.0/8");
        }
        return networks;
    }

    /// <summary>Whether <paramref name="address"/> is believed.</summary>
    public bool Contains(IPAddress address)
    {
        if (_networks.Count == 0) return false; // Asked for every connection.
        IPAddress plain = Plain(address);
        foreach (IPNetwork network in _networks)
        {
            if (network.Contains(plain)) return true;
        }
        return false;
    }

    /// <summary>Finds out who speaks behind a peer: <c>X-Forwarded-For</c> is walked from its end as long as its senders are believed.</summary>
    /// <param name="peer">The connection's other end (or whom the PROXY protocol named).</param>
    /// <param name="forwardedFor">All values of <c>X-Forwarded-For</c>, joined by commas; null or empty when there is none.</param>
    /// <param name="forwardedProto">The same of <c>X-Forwarded-Proto</c>.</param>
    /// <param name="forwardedHost">The same of <c>X-Forwarded-Host</c>.</param>
    public ForwardedClient Resolve(IPAddress peer, string? forwardedFor, string? forwardedProto, string? forwardedHost)
    {
        IPAddress address = Plain(peer);
        bool isForwarded = !string.IsNullOrEmpty(forwardedFor) || !string.IsNullOrEmpty(forwardedProto) || !string.IsNullOrEmpty(forwardedHost);
        if (!isForwarded || !Contains(address)) return new ForwardedClient(address, null, null, isForwarded);

        // Every proxy appends to all three lists, so their ends belong together.
        string[] senders = Split(forwardedFor);
        int hops = 0;
        while (hops < Math.Min(senders.Length, HopsMax) && Contains(address) && TryReadAddress(senders[^(hops + 1)], out IPAddress? sender))
        {
            address = sender!;
            hops++;
        }
        return new ForwardedClient(address, FromEnd(Split(forwardedProto), hops), FromEnd(Split(forwardedHost), hops), isForwarded);
    }

    private static string[] Split(string? header) => header is null
        ? []
        : header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The entry that the <paramref name="hops"/>-th proxy from the end wrote; the first when some did not append.</summary>
    private static string? FromEnd(string[] values, int hops) =>
        values.Length == 0 ? null : values[^Math.Clamp(hops, 1, values.Length)];

    /// <summary>Reads an address, maybe with a port behind it.</summary>
    private static bool TryReadAddress(string text, out IPAddress? address)
    {
        bool read = IPEndPoint.TryParse(text, out IPEndPoint? endPoint);
        address = read ? Plain(endPoint!.Address) : null;
        return read;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);
}

/// <summary>Who speaks, as far as it can be believed.</summary>
/// <param name="Address">The client's address.</param>
/// <param name="Scheme">What the client asked a trusted proxy with; null when none said so.</param>
/// <param name="Host">The host that the client asked a trusted proxy for; null when none said so.</param>
/// <param name="IsForwarded">Whether there was any forwarding header, believed or not: such a peer is a proxy, even on loopback.</param>
internal readonly record struct ForwardedClient(IPAddress Address, string? Scheme, string? Host, bool IsForwarded);
