using FastChat.Codec.Messages;

namespace FastChat.Client.Tests;

public sealed class OptionsTests
{
    private static readonly Uri Gateway = new("ws://localhost:8000");

    public static TheoryData<string, FastChatClientOptions> Impossible => new()
    {
        { "PublishesMax", new() { Uri = Gateway, PublishesMax = 0 } },
        { "PublishBytesMax", new() { Uri = Gateway, PublishBytesMax = 0 } },
        { "EventsMax", new() { Uri = Gateway, EventsMax = 0 } },
        { "BackoffCap", new() { Uri = Gateway, BackoffCap = TimeSpan.Zero } },
        { "HeartbeatInterval", new() { Uri = Gateway, HeartbeatInterval = TimeSpan.Zero } },
        { "PublishTimeout", new() { Uri = Gateway, PublishTimeout = TimeSpan.MaxValue } },
        { "RequestTimeout", new() { Uri = Gateway, RequestTimeout = Timeout.InfiniteTimeSpan } },
        { "FailuresMax", new() { Uri = Gateway, FailuresMax = 0 } },
        { "User", new() { Uri = Gateway, User = new string('x', MessageLimits.NameBytesMax + 1) } },
        { "Token", new() { Uri = Gateway, Token = new string('x', MessageLimits.TokenBytesMax + 1) } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_cannot_work_is_refused_by_the_options_name(string option, FastChatClientOptions options) =>
        Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(() => new FastChatClient(options)).ParamName);

    [Fact]
    public void Every_error_code_of_the_protocol_has_its_name_here()
    {
        foreach (ErrorCode code in Enum.GetValues<ErrorCode>().Where(code => code != ErrorCode.None))
        {
            FastChatException error = new(ErrorCodes.Text(code), "");
            Assert.Equal(code.ToString(), error.Error.ToString());
            Assert.Equal(ErrorCodes.Text(code), error.Code);
            Assert.Equal(error.Code, new FastChatException(error.Error, "").Code);
        }
        Assert.Equal((FastChatError.Other, "of_tomorrow"), (new FastChatException("of_tomorrow", "").Error, new FastChatException("of_tomorrow", "").Code));
    }
}
