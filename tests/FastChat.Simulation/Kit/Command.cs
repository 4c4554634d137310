using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Simulation.Kit;

/// <summary>What a client sends, and its bytes in each wire form.</summary>
internal sealed record Command(MessageType Type)
{
    public string Id { get; init; } = "";
    public string Room { get; init; } = "";
    public string User { get; init; } = "";
    public string Key { get; init; } = "";
    public string Token { get; init; } = "";
    public (string Epoch, long Offset)? Since { get; init; }
    public int Limit { get; init; } = -1;
    public long Before { get; init; }
    public string Text { get; init; } = "";
    public string Kind { get; init; } = "";
    public bool Ephemeral { get; init; }
    public bool ExcludeSelf { get; init; }
    public bool On { get; init; } = true;
    public string Cursor { get; init; } = "";

    /// <summary>The framed bytes of one command.</summary>
    public byte[] Encode(WireForm form) => form.IsJson() ? Frame(form, Json()) : Frame(form, MessagePack());

    /// <summary>One message that holds all of <paramref name="commands"/>, framed; MessagePack only.</summary>
    public static byte[] EncodeTogether(WireForm form, IEnumerable<Command> commands) =>
        Frame(form, [.. commands.SelectMany(static command => command.MessagePack())]);

    /// <summary>A frame as clients send it, with any payload.</summary>
    public static byte[] Frame(WireForm form, ReadOnlySpan<byte> payload, WebSocketOpcode? opcode = null)
    {
        if (form == WireForm.MessagePackTcp)
        {
            byte[] tcp = new byte[4 + payload.Length];
            BinaryPrimitives.WriteInt32BigEndian(tcp, payload.Length);
            payload.CopyTo(tcp.AsSpan(4));
            return tcp;
        }

        const uint MaskKey = 0x21436587;
        // As browsers do: once agreed on, every message is compressed.
        bool isDeflated = form.MayDeflate() && opcode is null;
        if (isDeflated) payload = Deflate(payload);
        byte[] frame = new byte[FrameHeader.BytesMax + payload.Length];
        WebSocketOpcode actual = opcode ?? (form.IsJson() ? WebSocketOpcode.Text : WebSocketOpcode.Binary);
        int headerBytes = FrameHeader.Write(frame, actual, isFinal: true, (ulong)payload.Length, MaskKey, isDeflated);
        Span<byte> body = frame.AsSpan(headerBytes, payload.Length);
        payload.CopyTo(body);
        Masking.Apply(body, MaskKey);
        return frame[..(headerBytes + payload.Length)];
    }

    private static byte[] Deflate(ReadOnlySpan<byte> payload)
    {
        using MemoryStream output = new();
        using DeflateStream deflate = new(output, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(payload);
        deflate.Flush();
        return output.ToArray()[..^4];
    }

    private byte[] MessagePack()
    {
        using ByteWriter output = new();
        ClientMessageWriter.Write(output, new ClientMessage
        {
            Type = Type, Id = Utf8(Id), Room = Utf8(Room), User = Utf8(User), Key = Utf8(Key), Token = Utf8(Token),
            HasSince = Since is not null, SinceEpoch = Utf8(Since?.Epoch ?? ""), SinceOffset = Since?.Offset ?? 0, Limit = Limit,
            Before = Before, Text = Utf8(Text), Kind = Utf8(Kind), Ephemeral = Ephemeral, ExcludeSelf = ExcludeSelf, On = On, Cursor = Utf8(Cursor),
        });
        return output.WrittenSpan.ToArray();
    }

    private byte[] Json()
    {
        Dictionary<string, object> payload = [];
        Put("id", Id);
        Put("room", Room);
        Put("user", User);
        Put("key", Key);
        Put("token", Token);
        Put("text", Text);
        Put("kind", Kind);
        Put("cursor", Cursor);
        if (Since is (string epoch, long offset)) payload["since"] = new { epoch, offset };
        if (Limit >= 0) payload["limit"] = Limit;
        if (Before > 0) payload["before"] = Before;
        if (Ephemeral) payload["ephemeral"] = true;
        if (ExcludeSelf) payload["excludeSelf"] = true;
        if (!On) payload["on"] = false;
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["type"] = Name(Type), ["payload"] = payload });

        void Put(string name, string value)
        {
            if (value.Length > 0) payload[name] = value;
        }
    }

    /// <summary>A message's name in JSON.</summary>
    public static string Name(MessageType type) => Enum.GetName(type)!.ToLowerInvariant();

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
