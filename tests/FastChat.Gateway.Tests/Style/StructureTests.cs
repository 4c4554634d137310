using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastChat.Gateway.Tests.Style;

/// <summary>Dependencies point one way, and folders are capabilities.</summary>
public sealed class StructureTests
{
    // A project may refer to these and to nothing else of ours.
    private static readonly Dictionary<string, string[]> MayRefer = new()
    {
        ["FastChat.Codec"] = [],
        ["FastChat.Fanout"] = ["FastChat.Codec"],
        ["FastChat.Storage"] = ["FastChat.Codec", "FastChat.Fanout"],
        ["FastChat.Gateway"] = ["FastChat.Codec", "FastChat.Fanout", "FastChat.Storage"],
        ["FastChat.Client"] = ["FastChat.Codec"],
        ["FastChat.Swarm"] = ["FastChat.Codec"],
        ["FastChat.Cli"] = ["FastChat.Codec", "FastChat.Client", "FastChat.Swarm"],
    };

    // Only Storage knows databases, only Gateway knows Kestrel: the others bring no package and no framework along.
    private static readonly string[] WithoutPackages = ["FastChat.Codec", "FastChat.Fanout"];

    private static readonly string[] NoCapability = ["Common", "Shared", "Abstractions", "Extensions", "Helpers", "Utils", "Utilities", "Misc"];

    [Fact]
    public void Projects_refer_only_in_the_allowed_direction()
    {
        List<string> wrong = [];
        foreach (string path in Repository.FilesEndingWith(".csproj").Where(IsSource))
        {
            string project = Path.GetFileNameWithoutExtension(path);
            if (!MayRefer.TryGetValue(project, out string[]? allowed))
            {
                wrong.Add($"{project}: say in {nameof(StructureTests)} what it may refer to");
                continue;
            }
            IEnumerable<string> references = Includes(path, "ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')));
            wrong.AddRange(references.Except(allowed).Select(reference => $"{project} must not refer to {reference}"));
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Code_names_only_the_layers_below_it() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".cs").Where(IsSource)
            let project = path.Split('/')[1]
            from name in LayersNamed(Repository.Read(path)).Distinct()
            where name != project && MayRefer.ContainsKey(name) && !MayRefer[project].Contains(name)
            select $"{path}: {project} must not name {name}");

    [Fact]
    public void Codec_and_fanout_bring_neither_packages_nor_frameworks() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".csproj").Where(IsSource)
            where WithoutPackages.Contains(Path.GetFileNameWithoutExtension(path))
            from include in Includes(path, "PackageReference").Concat(Includes(path, "FrameworkReference"))
            select $"{path}: {include}");

    [Fact]
    public void Folders_are_named_after_what_they_do() =>
        Rule.Holds(
            from folder in Repository.FilesEndingWith(".cs", ".js").Select(path => Path.GetDirectoryName(path)!).Distinct()
            where folder.Split('/').Intersect(NoCapability, StringComparer.OrdinalIgnoreCase).Any()
            select folder);

    [Fact]
    public void A_namespace_is_its_folder() =>
        Rule.Holds(
            from path in Repository.FilesEndingWith(".cs").Where(IsSource)
            let expected = string.Join('.', path.Split('/')[1..^1])
            let unit = CSharpSyntaxTree.ParseText(Repository.Read(path)).GetCompilationUnitRoot()
            from declared in unit.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            where declared.Name.ToString() != expected
            select $"{path}: namespace {declared.Name}, folder {expected}");

    private static bool IsSource(string path) => path.StartsWith("src/", StringComparison.Ordinal);

    private static IEnumerable<string> Includes(string project, string element) =>
        XDocument.Parse(Repository.Read(project)).Descendants(element).Select(found => (string)found.Attribute("Include")!);

    private static IEnumerable<string> LayersNamed(string code)
    {
        List<string> tokens = [.. CSharpSyntaxTree.ParseText(code).GetRoot().DescendantTokens().Select(token => token.Text)];
        for (int i = 0; i + 2 < tokens.Count; i++)
        {
            if (tokens[i] == "FastChat" && tokens[i + 1] == ".") yield return $"FastChat.{tokens[i + 2]}";
        }
    }
}
