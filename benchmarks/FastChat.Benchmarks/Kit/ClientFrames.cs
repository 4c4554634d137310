using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Benchmarks.Kit;

/// <summary>What clients send, framed and masked.</summary>
internal static class ClientFrames
{
    /// <summary>The key that all frames are masked with.</summary>
    public const uint MaskKey = 0x12345678;

    /// <summary>A join.</summary>
    public static byte[] Join(string user, string room, WireForm form) => form.IsJson()
        ? Masked(WebSocketOpcode.Text, Encoding.UTF8.GetBytes($$$"""{"type":"join","payload":{"user":"{{{user}}}","room":"{{{room}}}"}}"""))
        : Masked(WebSocketOpcode.Binary, MessagePack(new ClientMessage { Type = MessageType.Join, User = Utf8(user), Room = Utf8(room), Limit = -1 }));

    /// <summary>A message of 128 letters.</summary>
    /// <param name="room">Where to.</param>
    /// <param name="form">Its encoding.</param>
    /// <param name="id">Eight digits, for which the log's answer is told; null for none.</param>
    public static byte[] Publish(string room, WireForm form, string? id = null)
    {
        string text = new('a', 128);
        string idMember = id is null ? "" : $"\"id\":\"{id}\",";
        return form.IsJson()
            ? Masked(WebSocketOpcode.Text, Encoding.UTF8.GetBytes($$$"""{"type":"msg","payload":{{{{idMember}}}"room":"{{{room}}}","text":"{{{text}}}"}}"""))
            : Masked(WebSocketOpcode.Binary, MessagePack(new ClientMessage { Type = MessageType.Msg, Room = Utf8(room), Text = Utf8(text), Id = Utf8(id ?? ""), Limit = -1 }));
    }

    /// <summary>One final frame, masked.</summary>
    public static byte[] Masked(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[FrameHeader.BytesMax + payload.Length];
        int header = FrameHeader.Write(frame, opcode, isFinal: true, (ulong)payload.Length, MaskKey);
        payload.CopyTo(frame.AsSpan(header));
        Masking.Apply(frame.AsSpan(header, payload.Length), MaskKey);
        return frame[..(header + payload.Length)];
    }

    private static byte[] MessagePack(ClientMessage message)
    {
        using ByteWriter output = new(256);
        ClientMessageWriter.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
