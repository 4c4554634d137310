using System.Net;
using System.Text;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.OnePort;

/// <summary>Who speaks for others is believed only when trusted; then limits by address go by the client's own. Two connections an address are allowed.</summary>
public sealed class ProxyTests(OnePortGateway gateway) : IClassFixture<OnePortGateway>
{
    private const string In = "in";

    private static int s_clientCount;

    /// <summary>Every form over every way in, behind both versions of the PROXY protocol.</summary>
    public static TheoryData<Spoken, WayIn, int> Proxied() =>
        new(ChatPeer.AllWays.SelectMany(way => new[] { 1, 2 }.Select(version => (way.Form, way.Way, version))));

    [Theory]
    [MemberData(nameof(Proxied))]
    public async Task Limits_go_by_the_address_that_a_PROXY_header_names(Spoken form, WayIn way, int version)
    {
        IPAddress client = NewClient();
        Route route = new(way) { From = OnePortGateway.Proxy, Ahead = ProxyHeader.Of(version, client) };
        await using ChatPeer first = await ChatPeer.JoinedAsync(gateway.Process, "proxied", $"first-{client}", form, route);
        await using ChatPeer second = await ChatPeer.JoinedAsync(gateway.Process, "proxied", $"second-{client}", form, route);
        Assert.Equal(RefusalOf(form), await ComeInAsync(form, route));

        Route another = route with { Ahead = ProxyHeader.Of(version, NewClient()) };
        await using ChatPeer third = await ChatPeer.JoinedAsync(gateway.Process, "proxied", $"third-{client}", form, another);
        await third.SayAsync("proxied", $"heard-{client}");
        await first.UntilSaidAsync($"heard-{client}");
    }

    [Theory]
    [InlineData(Spoken.Json, 1)]
    [InlineData(Spoken.MessagePack, 2)]
    [InlineData(Spoken.Tcp, 1)]
    [InlineData(Spoken.Tcp, 2)]
    public async Task A_loopback_address_in_a_PROXY_header_is_not_exempt(Spoken form, int version)
    {
        IPAddress client = IPAddress.Parse($"127.1.1.{Interlocked.Increment(ref s_clientCount)}");
        Route route = new() { From = OnePortGateway.Proxy, Ahead = ProxyHeader.Of(version, client) };
        await using ChatPeer first = await ChatPeer.ConnectAsync(gateway.Process, form, route);
        await using ChatPeer second = await ChatPeer.ConnectAsync(gateway.Process, form, route);
        Assert.Equal(RefusalOf(form), await ComeInAsync(form, route));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_PROXY_header_of_who_is_not_trusted_lets_nobody_in(int version)
    {
        Route route = new() { Ahead = ProxyHeader.Of(version, NewClient()) };
        foreach (Spoken form in new[] { Spoken.Json, Spoken.MessagePack, Spoken.Tcp }) Assert.NotEqual(In, await ComeInAsync(form, route));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_PROXY_header_and_what_follows_may_be_cut_anywhere(int version)
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(5));
        int length = int.MaxValue;
        for (int cut = 1; cut < length; cut++)
        {
            // A new client each time, so that no limit is in the way.
            byte[] first = [.. ProxyHeader.Of(version, NewClient()), .. TcpPeer.Preface, .. new FormBytes(Spoken.Tcp).Ping()];
            length = first.Length;
            await using WireConnection connection = await new Route { From = OnePortGateway.Proxy }.OpenAsync(gateway.Process);
            await connection.SendAsync(first.AsMemory(0, cut));
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync(first.AsMemory(cut));
            ChatPeer peer = ChatPeer.On(connection, Spoken.Tcp);
            await peer.ReadHandshakeAsync();
            await peer.NextAsync("pong");
        }
    }

    [Fact]
    public async Task A_health_check_behind_a_PROXY_header_is_answered()
    {
        Route route = new() { From = OnePortGateway.Proxy, Ahead = ProxyHeader.Of(2, NewClient()) };
        await using WireConnection connection = await route.OpenAsync(gateway.Process);
        await connection.SendAsync("GET /health/ready HTTP/1.1\r\nHost: chat.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", (await connection.ReadAnswerAsync()).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WayIn.Plain)]
    [InlineData(WayIn.Tls)]
    [InlineData(WayIn.Late)]
    public async Task X_Forwarded_For_of_a_trusted_proxy_names_the_client(WayIn way)
    {
        string client = $"X-Forwarded-For: {NewClient()}\r\n";
        Route route = new(way) { From = OnePortGateway.Proxy };
        await using ChatPeer first = await ChatPeer.ConnectAsync(gateway.Process, Spoken.Json, route, client);
        await using ChatPeer second = await ChatPeer.ConnectAsync(gateway.Process, Spoken.Json, route, client);
        Assert.Equal("429", await ComeInAsync(Spoken.Json, route, client));
        Assert.Equal(In, await ComeInAsync(Spoken.Json, route, $"X-Forwarded-For: {NewClient()}\r\n"));
    }

    [Theory]
    [InlineData(WayIn.Plain)]
    [InlineData(WayIn.Late)]
    public async Task X_Forwarded_For_of_anybody_else_does_not_hide_who_it_is(WayIn way)
    {
        Route route = new(way) { From = IPAddress.Parse($"127.2.2.{Interlocked.Increment(ref s_clientCount)}") };
        await using ChatPeer first = await ChatPeer.ConnectAsync(gateway.Process, Spoken.Json, route, $"X-Forwarded-For: {NewClient()}\r\n");
        await using ChatPeer second = await ChatPeer.ConnectAsync(gateway.Process, Spoken.Json, route, $"X-Forwarded-For: {NewClient()}\r\n");
        Assert.Equal("429", await ComeInAsync(Spoken.Json, route, $"X-Forwarded-For: {NewClient()}\r\n"));
    }

    /// <summary>A client of its own for each test: none is in another's way.</summary>
    private static IPAddress NewClient() => IPAddress.Parse($"100.64.{Math.DivRem(Interlocked.Increment(ref s_clientCount), 250, out int last)}.{1 + last}");

    private static string RefusalOf(Spoken form) => form == Spoken.Tcp ? "4004" : "429";

    /// <returns>"in", the HTTP status or the close code.</returns>
    private async Task<string> ComeInAsync(Spoken form, Route route, string headers = "")
    {
        await using WireConnection connection = await route.OpenAsync(gateway.Process);
        await connection.TrySendAsync(new FormBytes(form).Handshake(headers));
        try
        {
            if (form != Spoken.Tcp)
            {
                string status = (await connection.ReadHeadAsync()).Split(' ')[1];
                return status == "101" ? In : status;
            }

            byte[]? greeting = await connection.ReadTcpFrameAsync();
            if (greeting is null) return "closed";
            if (Encoding.ASCII.GetString(greeting) != "fastchat.msgpack.v1") return "no preface";
            // A refusal says so behind the preface; who is in gets an answer.
            await connection.TrySendAsync(new FormBytes(form).Ping());
            ChatPeer peer = ChatPeer.On(connection, form);
            Heard heard = await peer.NextAsync();
            return heard.Type == "pong" ? In : $"{await peer.UntilClosedAsync()}";
        }
        catch (Exception ended) when (ended is EndOfStreamException or OverflowException)
        {
            return "not served";
        }
    }
}
