using System.Buffers.Binary;

namespace FastChat.System.Tests.Kit;

/// <summary>A connection of the TCP form whose every byte the test chooses.</summary>
internal static class TcpPeer
{
    /// <summary>What both sides say first.</summary>
    public static readonly byte[] Preface = Frame("fastchat.msgpack.v1"u8);

    /// <summary><c>[1, nil, "hall", "name"]</c>.</summary>
    public static byte[] Join(string room, string user) => Frame([0x94, 0x01, 0xC0, .. Str(room), .. Str(user)]);

    /// <summary>A frame of the TCP form.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)payload.Length);
        payload.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <summary>Connects and says who it is; the gateway's preface is read.</summary>
    public static async Task<WireConnection> ConnectAsync(Uri gateway)
    {
        WireConnection connection = await WireConnection.ConnectAsync(gateway);
        await connection.SendAsync(Preface);
        Assert.Equal(Preface[4..], await connection.ReadTcpFrameAsync());
        return connection;
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The code of the message <c>close</c>, <c>[20, code, …]</c>; 0 when the last message was another.</returns>
    public static async Task<int> UntilClosedAsync(WireConnection connection)
    {
        byte[] last = [];
        while (await connection.ReadTcpFrameAsync() is byte[] frame) last = frame;
        return last is [0x95, 20, 0xCD, ..] ? BinaryPrimitives.ReadUInt16BigEndian(last.AsSpan(3)) : 0;
    }

    private static byte[] Str(string text) => [(byte)(0xA0 | text.Length), .. global::System.Text.Encoding.ASCII.GetBytes(text)];
}
