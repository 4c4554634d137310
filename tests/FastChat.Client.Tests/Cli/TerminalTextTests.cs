using System.Text.Json;
using FastChat.Cli.Terminal;

namespace FastChat.Client.Tests.Cli;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain ASCII ~", "plain ASCII ~")]
    [InlineData("Grüße 你好 👋🏽 👩‍👩‍👧", "Grüße 你好 👋🏽 👩‍👩‍👧")]
    [InlineData("a\nb\rc\td", "a\\nb\\rc\\td")]
    [InlineData("\u001b[31mred\u0007\u007f", "\\x1b[31mred\\x07\\x7f")]
    [InlineData("\u009b2J\u0085", "\\x9b2J\\x85")]
    [InlineData("ab\u202ecd\u2066\u200f\u2028\u2029\ufeff\u00ad", "ab\\u202ecd\\u2066\\u200f\\u2028\\u2029\\ufeff\\xad")]
    public void What_a_terminal_would_act_on_is_shown(string text, string shown) => Assert.Equal(shown, TerminalText.Escape(text));

    [Fact]
    public void No_control_character_gets_through()
    {
        string all = string.Concat(Enumerable.Range(0, 0x10000).Where(code => code is < 0xd800 or > 0xdfff).Select(code => (char)code));
        Assert.DoesNotContain(TerminalText.Escape(all), char.IsControl);
    }

    [Fact]
    public void In_json_the_same_characters_mean_the_same()
    {
        const string Text = "\u202eabc\u0085\u009b";
        string json = TerminalText.EscapeJson($"{{\"text\":\"{Text}\"}}");
        Assert.DoesNotContain(json, c => c > '~');
        Assert.Equal(Text, JsonDocument.Parse(json).RootElement.GetProperty("text").GetString());
    }
}
