using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastChat.Gateway.Tests.Style;

public sealed partial class CodeWordsTests
{
    [Fact]
    public void No_file_has_regions() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".cs")
            from trivia in Parse(path).DescendantTrivia()
            where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
            select $"{At(path, trivia)}: a file that needs regions is two files");

    [Fact]
    public void What_is_still_to_do_names_its_issue() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".cs", ".js", ".mjs", ".ts", ".py", ".sh", ".html", ".css").Append("test")
            from line in Repository.Read(path).Split('\n').Index()
            where UntrackedWork().IsMatch(line.Item)
            select $"{path}({line.Index + 1}): name the issue, as in TO{"DO"}(#12): {line.Item.Trim()}");

    [Fact]
    public void Nothing_switches_the_banned_calls_back_on() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".cs")
            where path.StartsWith("src/", StringComparison.Ordinal) && Repository.Read(path).Contains("RS0030", StringComparison.Ordinal)
            select $"{path}: use what src/BannedSymbols.txt names in place of the banned call");

    [Fact]
    public void Every_banned_call_names_its_replacement() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".txt")
            where Path.GetFileName(path).StartsWith("BannedSymbols", StringComparison.Ordinal)
            from line in Repository.Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            where !line.StartsWith("//", StringComparison.Ordinal) && !BannedSymbol().IsMatch(line)
            select $"{path}: {line}");

    [GeneratedRegex("""\b(TO""" + """DO|FIX""" + """ME|HA""" + """CK|XX""" + """X)\b(?!\(#\d+\))""")]
    private static partial Regex UntrackedWork();

    [GeneratedRegex(@"^[NTPMF]:[\w.#()`,]+;.+\.$")]
    private static partial Regex BannedSymbol();

    private static SyntaxNode Parse(string path) => CSharpSyntaxTree.ParseText(Repository.Read(path)).GetRoot();

    private static string At(string path, SyntaxTrivia trivia) =>
        $"{path}({trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1})";
}
