using FastChat.Client.Connections;

namespace FastChat.Client.Tests.Connections;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("ws://localhost:8000/ws", "ws://localhost:8000/ws", false, false)]
    [InlineData("http://localhost:8000", "ws://localhost:8000/ws", false, false)]
    [InlineData("https://chat.example/", "wss://chat.example/ws", false, true)]
    [InlineData("wss://chat.example/base/ws?a=b#c", "wss://chat.example/base/ws?a=b", false, true)]
    [InlineData("http://[::1]:81", "ws://[::1]:81/ws", false, false)]
    [InlineData("tcp://localhost:8000", "tcp://localhost:8000/", true, false)]
    [InlineData("tcps://chat.example:9000", "tcps://chat.example:9000/", true, true)]
    public void An_address_says_how_the_gateway_is_spoken_to(string given, string uri, bool isTcp, bool isSecure)
    {
        Endpoint endpoint = Endpoint.Parse(new Uri(given));
        Assert.Equal((new Uri(uri), isTcp, isSecure), (endpoint.Uri, endpoint.IsTcp, endpoint.IsSecure));
    }

    [Theory]
    [InlineData("ftp://localhost")]
    [InlineData("tcp://localhost")]
    [InlineData("mailto:a@b")]
    public void Other_addresses_are_refused_by_name(string given)
    {
        FastChatException error = Assert.Throws<FastChatException>(() => new FastChatClient(given));
        Assert.Equal(FastChatError.InvalidField, error.Error);
        Assert.StartsWith(given, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_address_is_refused()
    {
        FastChatClientOptions options = new() { Uri = new Uri("/ws", UriKind.Relative) };
        Assert.Equal(FastChatError.InvalidField, Assert.Throws<FastChatException>(() => new FastChatClient(options)).Error);
    }
}
