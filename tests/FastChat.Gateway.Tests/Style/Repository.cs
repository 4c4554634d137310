namespace FastChat.Gateway.Tests.Style;

/// <summary>The files of the checkout that these tests run in; works without git, so in an unpacked archive too.</summary>
internal static class Repository
{
    // What builds, package managers and runs put into a checkout, and code that is kept as its authors wrote it.
    private static readonly string[] ForeignFolders =
        ["bin", "obj", ".git", ".vs", ".idea", "node_modules", "artifacts", "BenchmarkDotNet.Artifacts", "__pycache__", "vendor"];

    /// <summary>The folder that holds FastChat.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Our files with one of these endings, as paths from the root with '/', in order.</summary>
    public static IEnumerable<string> FilesEndingWith(params string[] endings) =>
        Files().Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>All our files, as paths from the root with '/', in order.</summary>
    public static IEnumerable<string> Files() => FilesBelow(Root)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.StartsWith("data/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>The text of a file given by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> FilesBelow(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder)) yield return file;
        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            if (ForeignFolders.Contains(Path.GetFileName(child))) continue;
            foreach (string file in FilesBelow(child)) yield return file;
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FastChat.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No FastChat.sln above {AppContext.BaseDirectory}");
    }
}
