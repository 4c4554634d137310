using System.Net;

namespace FastChat.Gateway.Sessions;

/// <summary>Where a connection comes from, in the few bytes that it keeps of it: limits count by the key, logs have the address from the host.</summary>
/// <param name="AddressKey">What the address counts as, see <see cref="Security.AddressKey"/>: the peer's, or what a trusted proxy says it is.</param>
/// <param name="IsExempt">A loopback peer without a forwarding header: its rates are counted, not refused.</param>
internal readonly record struct SessionPeer(ulong AddressKey, bool IsExempt)
{
    public SessionPeer(IPAddress address, bool IsExempt)
        : this(Security.AddressKey.Of(address), IsExempt)
    {
    }
}
