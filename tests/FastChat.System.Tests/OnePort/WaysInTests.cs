using System.Net;
using System.Text;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.OnePort;

/// <summary>One port tells WebSocket, TCP and HTTP apart, with TLS too, however the bytes are cut.</summary>
public sealed class WaysInTests(OnePortGateway gateway) : IClassFixture<OnePortGateway>
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static TheoryData<Spoken, WayIn> AllWays() => new(ChatPeer.AllWays);

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task Every_form_chats_over_every_way_in(Spoken form, WayIn way)
    {
        string room = $"hall-{form}-{way}";
        await using ChatPeer other = await ChatPeer.JoinedAsync(gateway.Process, room, $"other-{form}-{way}", Spoken.Json, WayIn.Plain);
        await using ChatPeer peer = await ChatPeer.JoinedAsync(gateway.Process, room, $"peer-{form}-{way}", form, way);
        await peer.SayAsync(room, "from me");
        await other.UntilSaidAsync("from me");
        await other.SayAsync(room, "to you");
        await peer.UntilSaidAsync("to you");
        Assert.Equal(2, await peer.CountPresentAsync(room));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task HTTP_is_served_on_the_same_port(string scheme)
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => TestCertificate.Made(certificate) };
        using HttpClient http = new(handler) { BaseAddress = scheme == "https" ? gateway.Process.SecureAddress : gateway.Process.Address };
        using HttpResponseMessage health = await http.GetAsync(new Uri("/health", UriKind.Relative), Stopping);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using StringContent message = new("""{"message":"hi","room":"letters"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage sent = await http.PostAsync(new Uri("/send_message", UriKind.Relative), message, Stopping);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }

    [Theory]
    [InlineData(Spoken.Json)]
    [InlineData(Spoken.Tcp)]
    public async Task Plain_text_spoken_to_a_TLS_port_is_not_served(Spoken form)
    {
        await using WireConnection connection = await WireConnection.ConnectAsync(gateway.Process.SecureAddress);
        await connection.SendAsync(new FormBytes(form).Handshake());
        (_, byte[] bytes) = await connection.ReadToEndAsync();
        string answer = Encoding.Latin1.GetString(bytes);
        Assert.DoesNotContain("HTTP/1.1 1", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 2", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("fastchat", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_for_TCP_alone_speaks_TLS_with_a_certificate_and_no_HTTP()
    {
        await using WireConnection connection = await WireConnection.ConnectAsync(gateway.Process.TcpOnlyAddress);
        await connection.SecureAsync();
        ChatPeer peer = ChatPeer.On(connection, Spoken.Tcp);
        await connection.SendAsync(TcpPeer.Preface);
        await peer.ReadHandshakeAsync();
        await peer.JoinAsync("tcp-alone", "peer");

        await using WireConnection http = await WireConnection.ConnectAsync(gateway.Process.TcpOnlyAddress);
        await http.SecureAsync();
        await http.SendAsync(Upgrade.Request());
        Assert.Equal(4501, await TcpPeer.UntilClosedAsync(http));
    }

    [Theory]
    [InlineData(Spoken.Json)]
    [InlineData(Spoken.MessagePack)]
    [InlineData(Spoken.Tcp)]
    public async Task First_bytes_may_be_cut_anywhere(Spoken form)
    {
        byte[] first = [.. new FormBytes(form).Handshake(), .. new FormBytes(form).Ping()];
        ParallelOptions options = new() { MaxDegreeOfParallelism = 32, CancellationToken = Stopping };
        await Parallel.ForEachAsync(Enumerable.Range(1, first.Length - 1), options, async (cut, _) =>
        {
            await using WireConnection connection = await new Route().OpenAsync(gateway.Process);
            await connection.SendAsync(first.AsMemory(0, cut));
            await PauseAsync();
            await connection.SendAsync(first.AsMemory(cut));
            await IsServedAsync(connection, form);
        });
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task First_bytes_may_drip_one_by_one(Spoken form, WayIn way)
    {
        await using WireConnection connection = await new Route(way).OpenAsync(gateway.Process);
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(1));
        foreach (byte one in (byte[])[.. new FormBytes(form).Handshake(), .. new FormBytes(form).Ping()])
        {
            await connection.SendAsync(new[] { one });
            await pause.WaitForNextTickAsync(Stopping);
        }
        await IsServedAsync(connection, form);
    }

    [Theory]
    [InlineData("GET /ws")] // As an upgrade's.
    [InlineData("POST /send_message")]
    public async Task A_head_of_64_KB_is_refused_and_nobody_else_notices(string start)
    {
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Process.Address, "hall");
        await using WireConnection connection = await new Route().OpenAsync(gateway.Process);
        string head = $"{start} HTTP/1.1\r\nHost: chat.test\r\nX-Long: {new string('x', 64 * 1024)}\r\n\r\n";
        await connection.TrySendAsync(Encoding.ASCII.GetBytes(head));
        Assert.StartsWith("HTTP/1.1 431 ", await connection.ReadHeadAsync(), StringComparison.Ordinal);
        await bystanders.WereUndisturbedAsync();
    }

    private static async Task IsServedAsync(WireConnection connection, Spoken form)
    {
        ChatPeer peer = ChatPeer.On(connection, form);
        await peer.ReadHandshakeAsync();
        await peer.NextAsync("pong");
    }

    /// <summary>Long enough that what was sent is usually looked at by itself; that it must hold either way.</summary>
    private static async Task PauseAsync()
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(10));
        await pause.WaitForNextTickAsync(Stopping);
    }
}
