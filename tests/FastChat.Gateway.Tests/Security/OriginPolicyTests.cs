using System.Text;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Tests.Security;

public sealed class OriginPolicyTests
{
    [Theory]
    [InlineData("", "chat.example.com", true)]
    [InlineData("https://chat.example.com", "chat.example.com", true)]
    [InlineData("https://CHAT.example.com", "chat.Example.com", true)]
    [InlineData("https://chat.example.com", "chat.example.com:443", true)]
    [InlineData("http://chat.example.com", "chat.example.com:80", true)]
    [InlineData("http://chat.example.com:8000", "chat.example.com:8000", true)]
    [InlineData("http://[2001:db8::1]:8000", "[2001:db8::1]:8000", true)]
    [InlineData("https://chat.example.com", "chat.example.com:8000", false)]
    [InlineData("https://chat.example.com:8000", "chat.example.com", false)]
    [InlineData("https://evil.example", "chat.example.com", false)]
    [InlineData("https://chat.example.com.evil.example", "chat.example.com", false)]
    [InlineData("https://chat.example.com", "", false)]
    [InlineData("http://localhost:3000", "chat.example.com", false)]
    [InlineData("null", "null", false)]
    [InlineData("https://*.example.com", "*.example.com", false)]
    [InlineData("https://chat.example.com/", "chat.example.com", false)]
    [InlineData("https://user@chat.example.com", "chat.example.com", false)]
    [InlineData("chat.example.com", "chat.example.com", false)]
    [InlineData("app://chat.example.com", "chat.example.com", false)]
    public void By_default_only_the_own_host_is_allowed(string origin, string host, bool isAllowed) =>
        Check([], false, origin, host, isAllowed);

    [Theory]
    [InlineData("http://localhost:3000", true)]
    [InlineData("https://localhost", true)]
    [InlineData("http://app.localhost:3000", true)]
    [InlineData("http://127.0.0.1:5173", true)]
    [InlineData("http://127.8.9.1", true)]
    [InlineData("http://[::1]:3000", true)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("http://notlocalhost", false)]
    [InlineData("http://192.168.0.1", false)]
    public void While_bound_to_loopback_any_loopback_origin_is_allowed(string origin, bool isAllowed)
    {
        Check([], true, origin, "localhost:8000", isAllowed);
        Check(["https://app.example.com"], true, origin, "localhost:8000", false);
    }

    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com", true)]
    [InlineData("https://app.example.com:443", "https://app.example.com", true)]
    [InlineData("https://app.example.com", "http://app.example.com", false)]
    [InlineData("https://app.example.com", "https://app.example.com:8443", false)]
    [InlineData("*.example.com", "https://a.example.com", true)]
    [InlineData("*.example.com", "http://a.b.example.com", true)]
    [InlineData("*.example.com", "https://example.com", false)]
    [InlineData("*.example.com", "https://evilexample.com", false)]
    [InlineData("*.example.com", "https://a.example.com:8443", false)]
    [InlineData("*.example.com", "https://.example.com", false)]
    [InlineData("*.example.com", "app://a.example.com", false)]
    [InlineData("https://*.example.com:8443", "https://a.example.com:8443", true)]
    [InlineData("https://*.example.com:8443", "http://a.example.com:8443", false)]
    [InlineData("capacitor://localhost", "capacitor://localhost", true)]
    [InlineData("null", "null", true)]
    [InlineData("*", "https://anything.example", true)]
    [InlineData("*", "null", true)]
    public void Entries_are_exact_origins_domains_or_all(string entry, string origin, bool isAllowed) =>
        Check([entry], false, origin, "chat.example.com", isAllowed);

    [Theory]
    [InlineData("example.com")]
    [InlineData("https://example.com/path")]
    [InlineData("https://")]
    [InlineData("https://a.*.com")]
    [InlineData("https://*")]
    [InlineData("https://example.com:port")]
    public void An_entry_that_is_none_is_refused(string entry)
    {
        List<string> problems = [];

        OriginPattern.ParseAll([entry], problems);

        Assert.StartsWith($"Origins:Allowed has \"{entry}\"", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void An_origin_without_end_is_refused_and_told_short()
    {
        string origin = "https://" + new string('a', 100_000);

        Check(["*.example.com"], false, origin, "chat.example.com", false);
        Assert.InRange(OriginPolicy.Refusal(origin).Length, 1, 1000);
    }

    private static void Check(string[] entries, bool isBoundToLoopback, string origin, string host, bool isAllowed)
    {
        OriginPolicy policy = new(new OriginsOptions { Allowed = entries }, isBoundToLoopback);

        Assert.Equal(isAllowed, policy.IsAllowed(origin, host));
        Assert.Equal(isAllowed, policy.IsAllowed(Encoding.UTF8.GetBytes(origin), Encoding.UTF8.GetBytes(host)));
    }
}
