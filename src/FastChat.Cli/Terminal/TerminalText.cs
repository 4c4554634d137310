using System.Globalization;
using System.Text;

namespace FastChat.Cli.Terminal;

/// <summary>
/// Makes what other people wrote safe to show: a terminal acts on control characters, and bidirectional ones make text look like
/// something else. They are shown as what they are: <c>\n</c>, <c>\x1b</c>, <c>\u202e</c>.
/// </summary>
internal static class TerminalText
{
    /// <summary>Text to show in one line.</summary>
    public static string Escape(string text) => Escape(text, inJson: false);

    /// <summary>The same for JSON, where such characters stand within strings only and have an escape of their own.</summary>
    public static string EscapeJson(string json) => Escape(json, inJson: true);

    private static string Escape(string text, bool inJson)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        StringBuilder shown = new(text.Length);
        foreach (char c in text)
        {
            if (!IsUnsafe(c)) shown.Append(c);
            else if (inJson) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else shown.Append(NameOf(c));
        }
        return shown.ToString();
    }

    // Control (Cc), format (Cf: bidirectional, zero-width, tags), line and paragraph separators. Surrogates are half of something
    // harmless, or else written as U+FFFD. What joins the parts of an emoji is let through.
    private static bool IsUnsafe(char c) => c is not ('\u200d' or '\u200c') && char.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string NameOf(char c) => c switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < '\u0100' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
    };
}
