using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using FastChat.Codec.Messages;

namespace FastChat.Gateway.Security;

/// <summary>A person's display name, checked, and the form in which names are compared. Immutable.</summary>
internal sealed class PersonName
{
    /// <summary>Whom messages come from that the gateway's own operators send. Nobody else can be called so.</summary>
    public static readonly PersonName OfSystem = new("system", "system");

    private PersonName(string display, string folded)
    {
        Display = display;
        Folded = folded;
    }

    /// <summary>As shown: NFC, no white space around it, 1 to <see cref="MessageLimits.NameCharsMax"/> UTF-16 units.</summary>
    public string Display { get; }

    /// <summary>Two names with the same folded form are the same name. Not for showing.</summary>
    public string Folded { get; }

    /// <summary>Checks a name as a client sent it.</summary>
    /// <param name="utf8">Borrowed.</param>
    /// <param name="name">The name, or null.</param>
    /// <param name="fault">What is wrong, for people; empty when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out PersonName? name, out string fault)
    {
        name = null;
        fault = Check(utf8, out string display);
        if (fault.Length > 0) return false;
        string folded = Fold(display);
        if (folded.Length == 0) fault = "the name shows nothing";
        else if (folded == OfSystem.Folded) fault = "the name system is the gateway's own";
        else name = new PersonName(display, folded);
        return name is not null;
    }

    private static string Check(ReadOnlySpan<byte> utf8, out string display)
    {
        display = "";
        // White space around the name is forgiven, but not without end.
        if (utf8.Length > 2 * MessageLimits.NameBytesMax) return "the name has more than 64 characters";
        Span<char> chars = stackalloc char[2 * MessageLimits.NameBytesMax];
        if (Utf8.ToUtf16(utf8, chars, out _, out int length, replaceInvalidSequences: false) != OperationStatus.Done) return "the name is not UTF-8";
        ReadOnlySpan<char> trimmed = chars[..length].Trim();
        if (trimmed.IsEmpty) return "the name is empty";
        foreach (Rune rune in trimmed.EnumerateRunes())
        {
            if (!IsAllowed(rune)) return $"the name has the character U+{rune.Value:X4}, which names cannot have";
        }
        display = trimmed.ToString().Normalize(NormalizationForm.FormC);
        return display.Length > MessageLimits.NameCharsMax ? "the name has more than 64 characters" : "";
    }

    private static bool IsAllowed(Rune rune)
    {
        bool isBidirectionalControl = rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
        return !isBidirectionalControl && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }

    /// <summary>
    /// Takes away what a reader does not see: compatibility forms, case, characters without a shape, and how wide a space is.
    /// Upper case first folds letters with several lower forms, such as the two sigmas.
    /// </summary>
    internal static string Fold(string display)
    {
        StringBuilder visible = new(display.Length);
        bool isAfterSpace = true;
        foreach (Rune rune in display.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (IsShapeless(rune)) continue;
            bool isSpace = Rune.IsWhiteSpace(rune);
            if (!isSpace) visible.Append(rune.ToString());
            else if (!isAfterSpace) visible.Append(' ');
            isAfterSpace = isSpace;
        }
        return visible.ToString().ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormKC).TrimEnd();
    }

    /// <summary>Unicode's Default_Ignorable_Code_Point, as far as categories do not refuse it before, and the braille blank.</summary>
    private static bool IsShapeless(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0
            or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF);
}
