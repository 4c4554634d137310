using System.Text.RegularExpressions;
using FastChat.Gateway.Tests.Style;

namespace FastChat.Gateway.Tests.Docs;

/// <summary>docs/message-life.md names a type or a method with each link into the code: the file must have it.</summary>
public sealed partial class MessageLifeTests
{
    private const string Page = "docs/message-life.md";

    [Fact]
    public void What_it_names_is_in_the_file_that_it_links_to()
    {
        MatchCollection links = LinkToCode().Matches(Repository.Read(Page));
        Assert.True(links.Count > 30);
        Rule.Holds(
            from Match link in links
            let code = Repository.Read(link.Groups["path"].Value)
            from part in link.Groups["name"].Value.Split('.')
            where !Regex.IsMatch(code, $@"\b{part}\b")
            select $"{Page}: {link.Groups["path"].Value} has no {part}");
    }

    [Fact]
    public void Its_stops_are_numbered_without_a_hole()
    {
        IEnumerable<int> numbers = Stop().Matches(Repository.Read(Page)).Select(
            stop => int.Parse(stop.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, numbers.Count()), numbers);
    }

    [GeneratedRegex(@"\[`(?<name>[\w.]+)`\]\(\.\./(?<path>src/[^)#]+\.cs)\)")]
    private static partial Regex LinkToCode();

    [GeneratedRegex(@"^(?<number>\d+)\. \*\*", RegexOptions.Multiline)]
    private static partial Regex Stop();
}
