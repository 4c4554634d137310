using System.Text;

namespace FastChat.Codec.WebSockets;

/// <summary>Comma-separated lists in header values (RFC 9110, 5.6.1).</summary>
internal static class TokenList
{
    /// <summary>Cuts the first element off.</summary>
    /// <returns>False when the list is at its end. Empty elements are given as such.</returns>
    public static bool TryTakeFirst(scoped ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        element = default;
        if (list.IsEmpty) return false;
        int comma = list.IndexOf((byte)',');
        element = Trim(comma < 0 ? list : list[..comma]);
        list = comma < 0 ? default : list[(comma + 1)..];
        return true;
    }

    /// <summary>Cuts the last element off.</summary>
    /// <returns>False when the list is at its end. Empty elements are given as such.</returns>
    public static bool TryTakeLast(scoped ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> element)
    {
        element = default;
        if (list.IsEmpty) return false;
        int comma = list.LastIndexOf((byte)',');
        element = Trim(list[(comma + 1)..]);
        list = comma < 0 ? default : list[..comma];
        return true;
    }

    /// <summary>Whether the list holds the token, in any case.</summary>
    public static bool ContainsIgnoreCase(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (TryTakeFirst(ref list, out ReadOnlySpan<byte> element))
        {
            if (Ascii.EqualsIgnoreCase(element, token)) return true;
        }
        return false;
    }

    /// <summary>Whether the list holds the token exactly.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (TryTakeFirst(ref list, out ReadOnlySpan<byte> element))
        {
            if (element.SequenceEqual(token)) return true;
        }
        return false;
    }

    /// <summary>Without spaces and tabs at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);
}
