using System.Text;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>Peers that stop speaking: each step of the way in has its deadline, over plain connections, TLS and late upgrades alike.</summary>
public sealed class SilentPeerTests(HostileGateway gateway) : IClassFixture<HostileGateway>
{
    [Theory]
    [InlineData(WayIn.Plain)]
    [InlineData(WayIn.Tls)]
    public async Task Who_opens_and_never_speaks_is_hung_up_on(WayIn way)
    {
        await using WireConnection connection = await new Route(way).OpenAsync(gateway.Process);
        (WireEnd end, byte[] bytes) = await connection.ReadToEndAsync();
        Assert.Equal(WireEnd.Finished, end);
        Assert.Empty(bytes);
        await gateway.Process.OnlyLineAboutAsync(connection.LocalName, "handshake_timeout");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public async Task Who_does_not_finish_the_TLS_handshake_is_hung_up_on(int helloBytes)
    {
        byte[] hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]; // The start of a ClientHello of 512 bytes.
        await using WireConnection connection = await WireConnection.ConnectAsync(gateway.Process.SecureAddress);
        await connection.SendAsync(hello.AsMemory(0, helloBytes));
        await connection.ReadToEndAsync();
        await gateway.Process.OnlyLineAboutAsync(connection.LocalName, "tls_handshake");
    }

    [Fact]
    public async Task Half_a_handshake_is_not_waited_for_longer_than_the_deadline() => await EveryWay.DoAsync(async (form, way) =>
    {
        byte[] handshake = new FormBytes(form).Handshake();
        await using WireConnection connection = await new Route(way).OpenAsync(gateway.Process);
        await connection.SendAsync(handshake.AsMemory(0, handshake.Length / 2));
        if (form == Spoken.Tcp) Assert.Equal(4002, await TcpPeer.UntilClosedAsync(connection));
        else Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString((await connection.ReadToEndAsync()).Bytes), StringComparison.Ordinal);
        if (way is WayIn.Plain or WayIn.Tls) await gateway.Process.OnlyLineAboutAsync(connection.LocalName, "handshake_timeout");
    });

    [Fact]
    public async Task Who_never_joins_is_closed_with_4002() => await EveryWay.DoAsync(async (form, way) =>
    {
        await using ChatPeer peer = await ChatPeer.ConnectAsync(gateway.Process, form, way);
        Assert.Equal(4002, await peer.UntilClosedAsync());
        await gateway.Process.OnlyLineAboutAsync(peer.Connection.LocalName, "handshake_timeout");
    });

    [Fact]
    public async Task Half_a_message_is_closed_with_4009() => await EveryWay.DoAsync(async (form, way) =>
    {
        await using ChatPeer peer = await ChatPeer.JoinedAsync(gateway.Process, "silent", $"half-{form}-{way}", form, way);
        byte[] message = peer.Bytes.Say("silent", "cut off in the middle");
        peer.AnswersPings = false;
        await peer.Connection.SendAsync(message.AsMemory(0, message.Length / 2));
        Assert.Equal(4009, await peer.UntilClosedAsync());
        await gateway.Process.OnlyLineAboutAsync(peer.Connection.LocalName, "message_timeout");
    });

    [Fact]
    public async Task Who_does_not_answer_pings_is_closed_with_4001() => await EveryWay.DoAsync(async (form, way) =>
    {
        await using ChatPeer peer = await ChatPeer.JoinedAsync(gateway.Process, "silent", $"mute-{form}-{way}", form, way);
        await gateway.Process.OnlyLineAboutAsync(peer.Connection.LocalName, "idle_timeout");
        Assert.Equal(4001, await peer.UntilClosedAsync());
    });
}
