using System.Net;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Tests.Security;

public sealed class TrustedProxiesTests
{
    private readonly TrustedProxies _proxies = new(new ProxiesOptions { Trusted = ["10.0.0.0/8", "::1", "2001:db8::/32", "127.0.0.1"] });

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    [InlineData("2001:db8:1::5", true)]
    public void Addresses_and_blocks_are_believed(string address, bool isTrusted) => Assert.Equal(isTrusted, _proxies.Contains(IPAddress.Parse(address)));

    [Theory]
    // peer, X-Forwarded-For, the client
    [InlineData("192.0.2.1", "203.0.113.9", "192.0.2.1")]
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1", "[2001:dead::1]:4711", "2001:dead::1")]
    [InlineData("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", " , ,", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    public void The_client_is_the_last_one_that_a_trusted_sender_named(string peer, string forwardedFor, string client)
    {
        ForwardedClient found = _proxies.Resolve(IPAddress.Parse(peer), forwardedFor, null, null);

        Assert.Equal(IPAddress.Parse(client), found.Address);
        Assert.True(found.IsForwarded);
    }

    [Fact]
    public void Without_a_header_the_peer_is_the_client_and_no_proxy() =>
        Assert.Equal(new ForwardedClient(IPAddress.Loopback, null, null, false), _proxies.Resolve(IPAddress.Loopback, null, "", null));

    [Fact]
    public void Scheme_and_host_are_those_that_the_outermost_trusted_proxy_was_asked_with()
    {
        ForwardedClient two = _proxies.Resolve(IPAddress.Parse("10.0.0.1"), "6.6.6.6, 203.0.113.9, 10.0.0.2", "evil, https, http", "evil.example, chat.example.com, inner");
        Assert.Equal(("https", "chat.example.com"), (two.Scheme, two.Host));

        ForwardedClient hostAlone = _proxies.Resolve(IPAddress.Parse("10.0.0.1"), null, null, "chat.example.com");
        Assert.Equal("chat.example.com", hostAlone.Host);

        ForwardedClient untrusted = _proxies.Resolve(IPAddress.Parse("192.0.2.1"), null, "https", "chat.example.com");
        Assert.Equal((null, null, true), (untrusted.Scheme, untrusted.Host, untrusted.IsForwarded));
    }

    [Fact]
    public void A_chain_without_end_is_walked_only_so_far()
    {
        string chain = string.Join(", ", Enumerable.Repeat("10.0.0.9", 10_000).Prepend("203.0.113.9"));

        Assert.Equal(IPAddress.Parse("10.0.0.9"), _proxies.Resolve(IPAddress.Parse("10.0.0.1"), chain, null, null).Address);
    }

    [Fact]
    public void Bits_behind_a_blocks_prefix_do_not_matter() =>
        Assert.True(new TrustedProxies(new ProxiesOptions { Trusted = ["10.1.2.3/8"] }).Contains(IPAddress.Parse("10.9.9.9")));

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("proxy.example")]
    public void An_entry_that_is_no_address_or_block_is_refused(string entry)
    {
        List<string> problems = [];

        TrustedProxies.ParseAll([entry], problems);

        Assert.Contains($"\"{entry}\"", Assert.Single(problems), StringComparison.Ordinal);
    }
}
