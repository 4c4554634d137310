using System.Runtime.CompilerServices;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Tests.Options;

public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_in_docs_says_what_the_options_say()
    {
        string written = File.ReadAllText(Path.Combine(RepositoryFolder(), "docs", "configuration.md"));

        Assert.True(OptionsMarkdown.Write() == written, "docs/configuration.md is not up to date; write it with: dotnet run --project src/FastChat.Gateway -- --print-options > docs/configuration.md");
    }

    [Fact]
    public void Every_option_says_what_it_does_and_every_number_what_it_counts()
    {
        foreach (OptionEntry entry in OptionCatalog.Sections.SelectMany(section => section.Entries))
        {
            Assert.EndsWith(".", entry.About.Description, StringComparison.Ordinal);
            if (entry.Type != typeof(int)) continue;
            Assert.True(entry.About.Unit is not null && entry.Range is not null, entry.Key);
        }
    }

    private static string RepositoryFolder([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
