using System.Diagnostics;
using System.Text;

namespace FastChat.System.Tests.Kit;

/// <summary>What a client sends, as bytes of its wire form, frames and all.</summary>
internal readonly record struct FormBytes(Spoken Form)
{
    /// <summary>The handshake.</summary>
    public byte[] Handshake(string headers = "") => Form switch
    {
        Spoken.Json => Upgrade.Request(headers),
        Spoken.MessagePack => Upgrade.Request("Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n" + headers),
        Spoken.Tcp => TcpPeer.Preface,
        _ => throw new UnreachableException(),
    };

    /// <summary>A join.</summary>
    public byte[] Join(string room, string user) =>
        Framed($$$"""{"type":"join","payload":{"room":"{{{room}}}","user":"{{{user}}}"}}""", 1, null, room, user);

    /// <summary>A publication; the text needs no escaping.</summary>
    public byte[] Say(string room, string text, string? id = null) => Framed(
        $$$"""{"type":"msg","payload":{{{{(id is null ? "" : $"\"id\":\"{id}\",")}}}"room":"{{{room}}}","text":"{{{text}}}"}}""", 3, id, room, text);

    /// <summary>A question who is present.</summary>
    public byte[] AskPresence(string room) => Framed($$$"""{"type":"presence","payload":{"room":"{{{room}}}"}}""", 5, null, room);

    /// <summary>A ping of the protocol, not of WebSocket.</summary>
    public byte[] Ping() => Framed("""{"type":"ping"}""", 7);

    /// <summary>What asks the transport for a sign of life: a control frame, or on TCP the protocol's ping.</summary>
    public byte[] TransportPing() => Form == Spoken.Tcp ? TcpPeer.Frame(Packed.Array(7)) : WireFrame.Of(WireFrame.Ping, new byte[100]);

    /// <summary>A sign of life that nothing answers.</summary>
    public byte[] TransportPong() => Form == Spoken.Tcp ? TcpPeer.Frame(Packed.Array(8)) : WireFrame.Of(WireFrame.Pong, ReadOnlySpan<byte>.Empty);

    private byte[] Framed(string json, params object?[] message) => Form switch
    {
        Spoken.Json => WireFrame.Of(WireFrame.Text, Encoding.UTF8.GetBytes(json)),
        Spoken.MessagePack => WireFrame.Of(WireFrame.Binary, Packed.Array(message)),
        Spoken.Tcp => TcpPeer.Frame(Packed.Array(message)),
        _ => throw new UnreachableException(),
    };
}
