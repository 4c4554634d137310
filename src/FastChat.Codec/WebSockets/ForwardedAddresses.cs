using System.Text;

namespace FastChat.Codec.WebSockets;

/// <summary>
/// The elements of all <c>X-Forwarded-For</c> headers of a request, from the last back to the first. Each proxy appends the address that it
/// saw, to the header it got (nginx) or as one more header (HAProxy), so a reader goes back as long as the address is a proxy that it trusts.
/// </summary>
/// <remarks>A client can send as many elements as a head holds: whoever reads puts a limit to the steps.</remarks>
public ref struct ForwardedAddresses
{
    private ReadOnlySpan<byte> _lines;
    private ReadOnlySpan<byte> _list;

    internal ForwardedAddresses(ReadOnlySpan<byte> headerLines) => _lines = headerLines;

    /// <summary>Takes the last one left. Empty elements are skipped.</summary>
    /// <param name="address">As sent: an IPv4 or IPv6 address, perhaps with a port, or anything else that a client made up.</param>
    /// <returns>False when there are no more.</returns>
    public bool TryTakeLast(out ReadOnlySpan<byte> address)
    {
        while (true)
        {
            while (TokenList.TryTakeLast(ref _list, out address))
            {
                if (!address.IsEmpty) return true;
            }
            if (_lines.IsEmpty) return false;
            ReadOnlySpan<byte> line = HttpHead.TakeLastLine(ref _lines);
            if (HttpHead.TryReadHeader(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
                && Ascii.EqualsIgnoreCase(name, "X-Forwarded-For"u8)) _list = value;
        }
    }
}
