using System.Text.RegularExpressions;

namespace FastChat.Gateway.Tests.Style;

/// <summary>As much of Markdown as checking links takes.</summary>
internal static partial class MarkdownPage
{
    /// <summary>Targets of links and pictures, in Markdown and in HTML within it; code is left out.</summary>
    public static IEnumerable<string> Links(string text) =>
        from pattern in new[] { InlineLink(), ReferenceLink(), HtmlLink() }
        from Match match in pattern.Matches(CodeSpan().Replace(WithoutCodeBlocks(text), "``"))
        select match.Groups["target"].Value;

    /// <summary>The anchors that the forges make from the page's headings, then those that it sets itself.</summary>
    public static IReadOnlyList<string> Anchors(string text)
    {
        List<string> anchors = [];
        Dictionary<string, int> counts = [];
        string prose = WithoutCodeBlocks(text);
        foreach (Match heading in Heading().Matches(prose))
        {
            string words = LinkText().Replace(heading.Groups["words"].Value, "$1");
            string slug = NotInAnchor().Replace(words.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            int seen = counts.GetValueOrDefault(slug);
            counts[slug] = seen + 1;
            anchors.Add(seen == 0 ? slug : $"{slug}-{seen}");
        }
        anchors.AddRange(from Match match in OwnAnchor().Matches(prose) select match.Groups["id"].Value);
        return anchors;
    }

    private static string WithoutCodeBlocks(string text) => CodeBlock().Replace(text, "");

    [GeneratedRegex(@"^ *(?<fence>```+|~~~+)[^\n]*\n(?:.*?\n)?? *\k<fence>[ \t]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"(`+)(?:.+?)\1")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\((?:<(?<target>[^>\n]+)>|(?<target>[^()\s]+(?:\([^()\s]*\))?))(?:\s+""[^""]*"")?\)")]
    private static partial Regex InlineLink();

    [GeneratedRegex(@"^ {0,3}\[[^\]\n]+\]:\s+(?<target>\S+)", RegexOptions.Multiline)]
    private static partial Regex ReferenceLink();

    [GeneratedRegex(@"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=""(?<target>[^""]+)""")]
    private static partial Regex HtmlLink();

    [GeneratedRegex(@"^#{1,6} +(?<words>.+?)#*\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{M}\p{N}\p{Pc} -]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"<[a-z]+[^>]*\b(?:id|name)=""(?<id>[^""]+)""")]
    private static partial Regex OwnAnchor();
}
