using System.Net;

namespace FastChat.Gateway.Sessions;

/// <summary>Where a connection comes from.</summary>
/// <param name="Address">The peer's, or what a trusted proxy says it is.</param>
/// <param name="IsExempt">A loopback peer without a forwarding header: its rates are counted, not refused.</param>
internal readonly record struct SessionPeer(IPAddress Address, bool IsExempt);
