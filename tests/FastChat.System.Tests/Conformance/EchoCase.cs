using System.Text;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.Conformance;

/// <summary>What a client sends to an echo and what it must get: strictly, all of it, in this order, and then this close.</summary>
/// <param name="Name">Section and what it is about.</param>
/// <param name="Sends">Frames or pieces of frames, in order.</param>
/// <param name="Answers">Opcode and payload of each frame that must come.</param>
/// <param name="CloseCode">The code of the close frame that the host must send after them, 0 for one without; null when the test closes, with 1000.</param>
internal sealed record EchoCase(string Name, byte[][] Sends, (int Opcode, byte[] Payload)[] Answers, int? CloseCode = null)
{
    /// <summary>Whether the host must close of its own, because of what was sent.</summary>
    public bool IsFailed => CloseCode is 1002 or 1007 or 1009 && !SendsValidClose;

    /// <summary>Whether a valid close frame is among what is sent.</summary>
    public bool SendsValidClose { get; init; }

    /// <summary>All bytes sent.</summary>
    public int ByteCount => Sends.Sum(send => send.Length);

    /// <summary>Whole messages that come back as they are.</summary>
    public static EchoCase Echoed(string name, int opcode, byte[] payload) => new(name, [WireFrame.Of(opcode, payload)], [(opcode, payload)]);

    /// <summary>Frames, the last of which is refused.</summary>
    public static EchoCase Refused(string name, int closeCode, params byte[][] sends) => new(name, sends, [], closeCode);

    /// <summary>A message in fragments of the sizes given; the last takes the rest.</summary>
    public static byte[][] Fragmented(int opcode, byte[] payload, int fragmentBytes)
    {
        List<byte[]> frames = [];
        for (int at = 0; at < payload.Length || at == 0; at += fragmentBytes)
        {
            int end = Math.Min(at + fragmentBytes, payload.Length);
            frames.Add(WireFrame.Of(at == 0 ? opcode : WireFrame.Continuation, payload.AsSpan(at, end - at), isFinal: end == payload.Length));
        }
        return [.. frames];
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Text that shows when a byte is lost, doubled or moved.</summary>
    public static byte[] Text(int length)
    {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) text[i] = (byte)('!' + (i + (i / 90 * 7)) % 90);
        return text;
    }

    /// <summary>Bytes that show the same.</summary>
    public static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)(i + (i >> 8) * 31 + (i >> 16) * 17);
        return bytes;
    }

    public override string ToString() => Name;
}
