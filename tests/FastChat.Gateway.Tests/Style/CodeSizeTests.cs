using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FastChat.Gateway.Tests.Style;

public sealed class CodeSizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;

    [Fact]
    public void No_file_of_code_is_longer_than_400_lines()
    {
        IEnumerable<string> code = Repository.FilesEndingWith(
            ".cs", ".js", ".mjs", ".ts", ".html", ".css", ".lua", ".sh", ".py", "/run").Append("test");
        Rule.Holds(
            from path in code
            let lines = File.ReadLines(Path.Combine(Repository.Root, path)).Count()
            where lines > FileLinesMax
            select $"{path}: {lines} lines; split it by concept");
    }

    [Fact]
    public void No_method_is_longer_than_60_lines() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".cs")
            from found in MethodsLongerThan(MethodLinesMax, Repository.Read(path))
            select $"{path}({found.Line}): {found.Name} has {found.LineCount} lines");

    [Theory]
    [InlineData("class C\n{\n  [Obsolete]\n  // A comment in front does not count.\n  void M()\n  {\n    F();\n  }\n}", "M", 4)]
    [InlineData("class C\n{\n  int P\n  {\n    get\n    {\n      return 1;\n    }\n  }\n}", "get of P", 4)]
    [InlineData("class C\n{\n  int P =>\n    1 +\n    1;\n}", "P", 3)]
    [InlineData("class C\n{\n  void M() { void L()\n    {\n      F(\"}\");\n    } } }", "L", 4)]
    [InlineData("class C\n{\n  C()\n  {\n  } }", "C", 3)]
    [InlineData("F();\nF();\nF();", "top-level statements", 3)]
    public void The_length_of_a_method_is_counted_from_its_signature_to_its_end(string code, string name, int lineCount)
    {
        Assert.Contains((name, lineCount), MethodsLongerThan(lineCount - 1, code).Select(found => (found.Name, found.LineCount)));
        Assert.DoesNotContain(name, MethodsLongerThan(lineCount, code).Select(found => found.Name));
    }

    private static IEnumerable<(string Name, int Line, int LineCount)> MethodsLongerThan(int lineCountMax, string code)
    {
        CompilationUnitSyntax unit = CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot();
        IEnumerable<(string Name, TextSpan Span)> methods = unit.DescendantNodes().SelectMany(Methods);
        if (unit.Members.OfType<GlobalStatementSyntax>().ToList() is [GlobalStatementSyntax first, ..] statements)
        {
            methods = methods.Append(("top-level statements", TextSpan.FromBounds(first.SpanStart, statements[^1].Span.End)));
        }
        foreach ((string name, TextSpan span) in methods)
        {
            FileLinePositionSpan lines = unit.SyntaxTree.GetLineSpan(span);
            int lineCount = lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1;
            if (lineCount > lineCountMax) yield return (name, lines.StartLinePosition.Line + 1, lineCount);
        }
    }

    private static IEnumerable<(string Name, TextSpan Span)> Methods(SyntaxNode node)
    {
        string? name = node switch
        {
            MethodDeclarationSyntax method => method.Identifier.Text,
            ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
            BaseMethodDeclarationSyntax other => other.Kind().ToString(),
            LocalFunctionStatementSyntax local => local.Identifier.Text,
            AccessorDeclarationSyntax accessor when accessor.Body is not null || accessor.ExpressionBody is not null =>
                $"{accessor.Keyword.Text} of {accessor.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Identifier.Text ?? "an indexer or event"}",
            PropertyDeclarationSyntax { ExpressionBody: not null } property => property.Identifier.Text,
            _ => null,
        };
        if (name is null) yield break;
        int start = node.ChildNodesAndTokens().First(part => !part.IsKind(SyntaxKind.AttributeList)).SpanStart;
        yield return (name, TextSpan.FromBounds(start, node.Span.End));
    }
}
