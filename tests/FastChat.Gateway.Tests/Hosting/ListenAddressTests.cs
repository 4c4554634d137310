using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Tests.Hosting;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://localhost:8000", "localhost", 8000, true)]
    [InlineData("HTTP://LocalHost:8000/", "localhost", 8000, true)]
    [InlineData("http://127.0.0.1:0", "127.0.0.1", 0, true)]
    [InlineData("http://[::1]:5000", "::1", 5000, true)]
    [InlineData("http://*:80", "*", 80, false)]
    [InlineData("http://+:80", "*", 80, false)]
    [InlineData("http://0.0.0.0:80", "*", 80, false)]
    [InlineData("http://[::]:80", "*", 80, false)]
    [InlineData("http://192.168.0.5", "192.168.0.5", 80, false)]
    public void An_address_is_read(string url, string host, int port, bool isLoopback)
    {
        ListenAddress address = Assert.Single(Resolve(new ListenOptions { Urls = [url] }, out List<string> problems));

        Assert.Empty(problems);
        Assert.Equal(new ListenAddress(host, port, false, false), address);
        Assert.Equal(isLoopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("localhost:8000")]
    [InlineData("ftp://localhost:8000")]
    [InlineData("http://")]
    [InlineData("http://:8000")]
    [InlineData("http://example.com:8000")]
    [InlineData("http://localhost:65536")]
    [InlineData("http://localhost:")]
    [InlineData("http://localhost:80x")]
    [InlineData("http://::1:8000")]
    [InlineData("http://[::1:8000")]
    [InlineData("http://1:8000")]
    [InlineData("http://localhost:8000/base")]
    [InlineData("http://unix:/tmp/socket")]
    public void What_is_no_address_is_refused_with_its_text(string url)
    {
        Assert.Empty(Resolve(new ListenOptions { Urls = [url] }, out List<string> problems));
        Assert.StartsWith($"Listen:Urls has \"{url}\"; it must be", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_TCP_port_listens_where_the_first_address_does_unless_told()
    {
        Assert.Equal(new ListenAddress("*", 9000, false, true), Resolve(new ListenOptions { Urls = ["http://*:1"], TcpPort = 9000 }, out _)[1]);
        Assert.Equal(new ListenAddress("127.0.0.1", 9000, true, true), Resolve(new ListenOptions { Urls = ["https://*:1"], TcpPort = 9000, TcpAddress = "127.0.0.1", CertificateFile = "x" }, out _)[1]);
    }

    [Theory]
    [InlineData("https needs a certificate", "https://localhost:1", null, null, null)]
    [InlineData("a certificate needs https", "http://localhost:1", null, null, "x")]
    [InlineData("an address needs a port", "http://localhost:1", null, "127.0.0.1", null)]
    [InlineData("the same port twice", "http://localhost:1;http://localhost:1", null, null, null)]
    [InlineData("the TCP port is taken", "http://*:1", 1, null, null)]
    [InlineData("no address", "", null, null, null)]
    [InlineData("a bad TCP address", "http://*:1", 2, "example.com", null)]
    public void Options_that_do_not_fit_each_other_are_refused(string why, string urls, int? tcpPort, string? tcpAddress, string? certificate)
    {
        Resolve(new ListenOptions { Urls = urls.Split(';', StringSplitOptions.RemoveEmptyEntries), TcpPort = tcpPort, TcpAddress = tcpAddress, CertificateFile = certificate }, out List<string> problems);

        Assert.True(problems.Count == 1, why);
    }

    [Fact]
    public void All_interfaces_are_shown_as_an_address_that_can_be_clicked()
    {
        Assert.Equal("http://localhost:81/", new ListenAddress("*", 0, false, false).ToUrl(81));
        Assert.Equal("https://[::1]:81/", new ListenAddress("::1", 81, true, false).ToUrl(81));
        Assert.Equal("tcp://127.0.0.1:81", new ListenAddress("127.0.0.1", 81, false, true).ToUrl(81));
    }

    private static List<ListenAddress> Resolve(ListenOptions options, out List<string> problems)
    {
        problems = [];
        return ListenAddress.Resolve(options, problems);
    }
}
