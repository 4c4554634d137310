using FastChat.Gateway.Tests.Style;

namespace FastChat.Gateway.Tests.Docs;

/// <summary>The README shows files as they are; the system tests run them.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Theory]
    [InlineData("bot.cs", "csharp")]
    [InlineData("bot.mjs", "js")]
    [InlineData("bot.py", "python")]
    public void It_shows_the_bots_as_they_are(string file, string language)
    {
        string bot = Repository.Read($"docs/bots/{file}");
        Assert.Contains($"\n```{language}\n{bot}```\n", Readme, StringComparison.Ordinal);
        Assert.True(bot.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length <= 10, $"{file} is a bot of ten lines");
    }

    [Fact]
    public void Its_first_screen_has_the_screenshot_and_the_two_commands()
    {
        string firstScreen = string.Join('\n', Readme.Split('\n').Take(20));
        Assert.Contains("(docs/screenshot.png)", firstScreen, StringComparison.Ordinal);
        Assert.Contains("\ndotnet run -c Release --project src/FastChat.Gateway\n", firstScreen, StringComparison.Ordinal);
        Assert.Contains("\n./test\n", firstScreen + "\n", StringComparison.Ordinal);
    }
}
