using System.Text;

namespace FastChat.Codec.WebSockets;

/// <summary>
/// What a client offers of permessage-deflate (RFC 7692, 7.1), and what is answered. Context is never taken over, on neither side: both
/// <c>no_context_takeover</c> are always answered, which a server may do whatever was offered. The client's window is its own affair,
/// since inflating here looks back as far as DEFLATE can; the server's is kept as <see cref="Messages.AgreedForm"/> says.
/// </summary>
public readonly struct DeflateOffer
{
    /// <summary>Smallest window that can be asked for, bits.</summary>
    public const int WindowBitsMin = 8;
    /// <summary>Largest window that can be asked for, bits.</summary>
    public const int WindowBitsMax = 15;

    private DeflateOffer(byte serverWindowBits) => ServerWindowBits = serverWindowBits;

    private enum Parameters : byte
    {
        None = 0,
        ServerNoContextTakeover = 1,
        ClientNoContextTakeover = 2,
        ServerMaxWindowBits = 4,
        ClientMaxWindowBits = 8,
    }

    /// <summary>The <c>server_max_window_bits</c> offered; 0 when there was none.</summary>
    public byte ServerWindowBits { get; }

    /// <summary>Finds the first offer in a list of extensions that can be honoured.</summary>
    /// <param name="extensions">A value of <c>Sec-WebSocket-Extensions</c>; borrowed.</param>
    /// <param name="offer">The offer.</param>
    /// <returns>
    /// False when there is none. An offer with an unknown, repeated or malformed parameter is passed over (7.1), and so are other extensions.
    /// </returns>
    public static bool TryChoose(ReadOnlySpan<byte> extensions, out DeflateOffer offer)
    {
        ExtensionReader reader = new(extensions);
        while (reader.TryReadName(out ReadOnlySpan<byte> name))
        {
            bool isHonoured = Ascii.EqualsIgnoreCase(name, "permessage-deflate"u8);
            Parameters seen = Parameters.None;
            byte serverWindowBits = 0;
            while (reader.TryReadParameter(out ReadOnlySpan<byte> parameter, out bool hasValue, out ReadOnlySpan<byte> value))
                isHonoured = TryTake(parameter, hasValue, value, ref seen, ref serverWindowBits) && isHonoured;

            if (reader.HasFailed || !isHonoured) continue;
            offer = new DeflateOffer(serverWindowBits);
            return true;
        }

        offer = default;
        return false;
    }

    /// <summary>What <c>Sec-WebSocket-Extensions</c> is answered with, ASCII.</summary>
    public ReadOnlySpan<byte> Answer => ServerWindowBits switch
    {
        8 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8"u8,
        9 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9"u8,
        10 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10"u8,
        11 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11"u8,
        12 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"u8,
        13 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=13"u8,
        14 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=14"u8,
        15 => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15"u8,
        _ => "permessage-deflate; server_no_context_takeover; client_no_context_takeover"u8,
    };

    private static bool TryTake(ReadOnlySpan<byte> parameter, bool hasValue, ReadOnlySpan<byte> value, ref Parameters seen, ref byte serverWindowBits)
    {
        Parameters known =
            Ascii.EqualsIgnoreCase(parameter, "server_no_context_takeover"u8) ? Parameters.ServerNoContextTakeover :
            Ascii.EqualsIgnoreCase(parameter, "client_no_context_takeover"u8) ? Parameters.ClientNoContextTakeover :
            Ascii.EqualsIgnoreCase(parameter, "server_max_window_bits"u8) ? Parameters.ServerMaxWindowBits :
            Ascii.EqualsIgnoreCase(parameter, "client_max_window_bits"u8) ? Parameters.ClientMaxWindowBits : Parameters.None;
        if (known == Parameters.None || (seen & known) != 0) return false;
        seen |= known;
        byte bits;
        switch (known)
        {
            case Parameters.ServerMaxWindowBits:
                return TryReadBits(value, out serverWindowBits);
            case Parameters.ClientMaxWindowBits:
                return !hasValue || TryReadBits(value, out bits);
            default:
                return !hasValue;
        }
    }

    /// <summary>A decimal number without leading zeros (7.1.2).</summary>
    private static bool TryReadBits(ReadOnlySpan<byte> value, out byte bits)
    {
        bits = value switch
        {
            [>= (byte)'8' and <= (byte)'9'] => (byte)(value[0] - '0'),
            [(byte)'1', >= (byte)'0' and <= (byte)'5'] => (byte)(10 + value[1] - '0'),
            _ => 0,
        };
        return bits != 0;
    }
}
