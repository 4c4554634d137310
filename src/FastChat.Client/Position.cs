using System.Globalization;

namespace FastChat.Client;

/// <summary>The last publication that was delivered in a room. Keep it to resume from later.</summary>
/// <param name="Epoch">Names the run of offsets; opaque.</param>
/// <param name="Offset">Number within the epoch; 0 before the first publication.</param>
public readonly record struct Position(string Epoch, long Offset)
{
    /// <summary>Reads what <see cref="ToString"/> writes: <c>epoch:offset</c>.</summary>
    public static bool TryParse(string? text, out Position position)
    {
        position = default;
        int colon = text is null ? -1 : text.LastIndexOf(':');
        if (colon <= 0) return false;
        if (!long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)) return false;
        position = new Position(text![..colon], offset);
        return true;
    }

    /// <summary><c>epoch:offset</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
