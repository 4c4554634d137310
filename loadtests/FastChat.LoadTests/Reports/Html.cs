namespace FastChat.LoadTests.Reports;

/// <summary>Text within markup.</summary>
internal static class Html
{
    /// <summary>Replaces what is markup in HTML and in XML alike, and characters that XML has no place for.</summary>
    public static string Escape(string text) => string.Concat(text.Select(character => character switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        < ' ' and not '\n' and not '\t' => "?",
        _ => character.ToString(),
    }));
}
