using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FastChat.Gateway.Hosting;

/// <summary>Says why an address cannot be listened on, by trying once more: Kestrel's own words do not tell which of several it was.</summary>
internal static class BindFaults
{
    /// <summary>The reason in one line, with what to do; null when the address can be had.</summary>
    public static string? Describe(ListenAddress address)
    {
        if (TryBind(address) is not SocketError fault) return null;
        string option = address.IsTcpOnly ? "--Listen:TcpPort" : "--urls";
        string where = address.Host == "*" ? "all interfaces" : address.Host;
        string port = address.Port.ToString(CultureInfo.InvariantCulture);
        return fault switch
        {
            SocketError.AddressAlreadyInUse => $"port {port} on {where} is in use{(PortHolder.Find(address.Port) is string holder ? $" by {holder}" : "")}; choose another with {option}",
            SocketError.AccessDenied => $"port {port} on {where} needs more rights than this user has; choose one above 1023 with {option}",
            SocketError.AddressNotAvailable => $"{where} is no address of this machine; choose another with {(address.IsTcpOnly ? "--Listen:TcpAddress" : option)}",
            _ => $"cannot listen on port {port} on {where}: {new SocketException((int)fault).Message}",
        };
    }

    private static SocketError? TryBind(ListenAddress address)
    {
        IPAddress[] candidates = address.Host switch
        {
            "*" => [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
            "localhost" => Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback],
            _ => [IPAddress.Parse(address.Host)],
        };
        foreach (IPAddress candidate in candidates)
        {
            try
            {
                using Socket socket = new(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                if (candidate.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
                socket.Bind(new IPEndPoint(candidate, address.Port));
                socket.Listen();
            }
            catch (SocketException failure)
            {
                return failure.SocketErrorCode;
            }
        }
        return null;
    }
}
