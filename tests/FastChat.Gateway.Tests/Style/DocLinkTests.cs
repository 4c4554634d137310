namespace FastChat.Gateway.Tests.Style;

/// <summary>A link within the repository leads somewhere: to a file, to a heading of a page, to a line of code.</summary>
public sealed class DocLinkTests
{
    [Fact]
    public void Links_within_the_repository_resolve() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".md")
            from link in MarkdownPage.Links(Repository.Read(path))
            let wrong = WhyUnresolved(path, link)
            where wrong is not null
            select $"{path}: {link}: {wrong}");

    [Fact]
    public void Links_are_found_in_text_and_markup_but_not_in_code()
    {
        const string Page = "[a](x.md) ![b](<y z.png> \"title\") [c]: z.md\n\n<img src=\"i.png\"> `[no](no.md)`\n```\n[no](no.md)\n```\n[ref]: r.md#top\n";
        Assert.Equal(["x.md", "y z.png", "i.png", "r.md#top"], MarkdownPage.Links(Page).Order(StringComparer.Ordinal).OrderBy(link => Page.IndexOf(link, StringComparison.Ordinal)));
    }

    [Fact]
    public void Anchors_are_made_from_headings_as_the_forges_make_them()
    {
        const string Page = "# What's `new`, in 1.0?\n## A_b – c\n## Twice\n## Twice\n```\n# no heading\n```\n<a id=\"own\"></a>\n### [Linked](x.md) end\n";
        Assert.Equal(["whats-new-in-10", "a_b--c", "twice", "twice-1", "linked-end", "own"], MarkdownPage.Anchors(Page));
    }

    private static string? WhyUnresolved(string page, string link)
    {
        if (Uri.TryCreate(link, UriKind.Absolute, out Uri? absolute) && absolute.Scheme is "http" or "https" or "mailto") return null;
        string[] parts = link.Split('#', 2);
        string target = page;
        if (parts[0].Length > 0)
        {
            string full = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0])));
            target = Path.GetRelativePath(Repository.Root, full).Replace('\\', '/');
            if (target.StartsWith("..", StringComparison.Ordinal)) return "leads out of the repository";
            if (Directory.Exists(full)) return parts.Length == 1 ? null : "a folder has no anchors";
            if (!File.Exists(full)) return "no such file";
        }
        if (parts.Length == 1) return null;
        return target.EndsWith(".md", StringComparison.Ordinal)
            ? MarkdownPage.Anchors(Repository.Read(target)).Contains(parts[1]) ? null : "no such heading"
            : HasLines(target, parts[1]) ? null : "no such line";
    }

    // "L12" or "L12-L20".
    private static bool HasLines(string path, string anchor)
    {
        int lineCount = File.ReadLines(Path.Combine(Repository.Root, path)).Count();
        return anchor.Split('-').All(end =>
            end.StartsWith('L') && int.TryParse(end.AsSpan(1), out int line) && line >= 1 && line <= lineCount);
    }
}
