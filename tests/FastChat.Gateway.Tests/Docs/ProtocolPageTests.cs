using System.Globalization;
using System.Text.RegularExpressions;
using FastChat.Codec.Messages;
using FastChat.Gateway.Tests.Style;

namespace FastChat.Gateway.Tests.Docs;

/// <summary>docs/protocol.md is the specification: it knows every type, error and close code that the code knows, and no other.</summary>
public sealed partial class ProtocolPageTests
{
    private static readonly string Page = Repository.Read("docs/protocol.md");

    [Fact]
    public void Every_message_type_has_its_row() =>
        Assert.Equal(
            Enum.GetValues<MessageType>().Where(type => type != MessageType.None).Select(type => (type.ToString().ToLowerInvariant(), (int)type)),
            Rows("## Messages", "### Client").Select(cells => (Name(cells[0]), Number(cells[1]))));

    [Fact]
    public void Every_error_code_has_its_row() =>
        Assert.Equal(
            Enum.GetValues<ErrorCode>().Where(code => code != ErrorCode.None).Select(ErrorCodes.Text),
            Rows("## Errors", "## Close codes").Select(cells => Name(cells[0])));

    [Fact]
    public void Every_close_code_has_its_row_and_says_whether_to_come_back()
    {
        foreach (string[] cells in Rows("## Close codes", "## Limits"))
        {
            CloseReason reason = (CloseReason)Number(cells[0]);
            Assert.Equal(CloseReasons.Text(reason), Name(cells[1]));
            if (reason == CloseReason.Normal) continue; // Nobody asked the client to go: its own affair.
            Assert.Equal(CloseReasons.CanReconnect(reason) ? "yes" : "no", YesOrNo().Match(cells[3]).Value);
        }
        Assert.Equal(
            Enum.GetValues<CloseReason>().Where(reason => reason != CloseReason.None).Select(reason => (int)reason),
            Rows("## Close codes", "## Limits").Select(cells => Number(cells[0])));
    }

    [Fact]
    public void The_limits_of_the_wire_format_stand_there_as_they_are()
    {
        Assert.Equal(MessageLimits.IdBytesMax, MessageLimits.RoomBytesMax);
        Assert.Equal(MessageLimits.IdBytesMax, MessageLimits.KindBytesMax);
        string[] rows =
        [
            $"| `id`, `room`, `kind` | {MessageLimits.IdBytesMax} bytes each |",
            $"| `user` | {MessageLimits.NameCharsMax} UTF-16 units |",
            $"| epoch | {MessageLimits.EpochBytesMax} bytes |",
            string.Create(CultureInfo.InvariantCulture, $"| `key`, `token`, `cursor` | {MessageLimits.TokenBytesMax:N0} bytes each |"),
            $"| nesting | {MessageLimits.DepthMax} arrays and maps |",
            string.Create(CultureInfo.InvariantCulture, $"at most {MessageLimits.HistoryMessagesMax:N0}), 256 KiB |"),
        ];
        foreach (string row in rows) Assert.Contains(row, Page, StringComparison.Ordinal);
    }

    // The cells of the first table between two headings, without its head.
    private static IEnumerable<string[]> Rows(string from, string to)
    {
        int start = Page.IndexOf($"\n{from}", StringComparison.Ordinal);
        int end = Page.IndexOf($"\n{to}", StringComparison.Ordinal);
        Assert.True(start >= 0 && end > start, $"docs/protocol.md: no {from} ahead of {to}");
        return Page[start..end].Split('\n').Where(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);
    }

    private static string Name(string cell) => CodeSpan().Match(cell).Groups["code"].Value;

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    [GeneratedRegex("^`(?<code>[a-z0-9_]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^(yes|no)")]
    private static partial Regex YesOrNo();
}
