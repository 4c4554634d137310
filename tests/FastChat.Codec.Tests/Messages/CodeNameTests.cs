using System.Text;
using System.Text.RegularExpressions;
using FastChat.Codec.Messages;

namespace FastChat.Codec.Tests.Messages;

public sealed class CodeNameTests
{
    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    public static TheoryData<CloseReason> Reasons => [.. Enum.GetValues<CloseReason>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void An_error_codes_name_is_its_members_in_snake_case(ErrorCode code)
    {
        Assert.Equal(SnakeCase(code.ToString()), ErrorCodes.Text(code));
        Assert.Equal(ErrorCodes.Text(code), Encoding.ASCII.GetString(ErrorCodes.Utf8(code)));
        Assert.True(ErrorCodes.TryParse(ErrorCodes.Utf8(code), out ErrorCode parsed));
        Assert.Equal(code, parsed);
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_close_reasons_name_is_its_members_in_snake_case(CloseReason reason)
    {
        Assert.Equal(SnakeCase(reason.ToString()), CloseReasons.Text(reason));
        Assert.Equal(CloseReasons.Text(reason), Encoding.ASCII.GetString(CloseReasons.Utf8(reason)));
        Assert.True(CloseReasons.TryParse(CloseReasons.Utf8(reason), out CloseReason parsed));
        Assert.Equal(reason, parsed);
    }

    [Fact]
    public void Unknown_names_are_none()
    {
        Assert.False(ErrorCodes.TryParse("no_such"u8, out ErrorCode code));
        Assert.Equal(ErrorCode.None, code);
        Assert.False(CloseReasons.TryParse("no_such"u8, out CloseReason reason));
        Assert.Equal(CloseReason.None, reason);
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1001, true)]
    [InlineData(1002, false)]
    [InlineData(1006, true)]
    [InlineData(1009, false)]
    [InlineData(1011, true)]
    [InlineData(3999, false)]
    [InlineData(4000, true)]
    [InlineData(4008, true)]
    [InlineData(4499, true)]
    [InlineData(4500, false)]
    [InlineData(4999, false)]
    public void The_range_of_a_close_code_tells_whether_to_come_back(int code, bool expected) =>
        Assert.Equal(expected, CloseReasons.CanReconnect((CloseReason)code));

    private static string SnakeCase(string name) => Regex.Replace(name, "(?<!^)([A-Z])", "_$1").ToLowerInvariant();
}
