using System.Buffers;

namespace FastChat.Codec.Tcp;

/// <summary>The first frame each way on TCP: the length 19 as uint32 (big-endian), then the protocol's name.</summary>
public static class TcpPreface
{
    /// <summary>The protocol's name, which is also the WebSocket subprotocol.</summary>
    public static ReadOnlySpan<byte> ProtocolName => "fastchat.msgpack.v1"u8;

    /// <summary>The whole frame, 23 bytes.</summary>
    public static ReadOnlySpan<byte> Frame => "\0\0\0\u0013fastchat.msgpack.v1"u8;

    /// <summary>Whether a connection's first bytes are the preface.</summary>
    /// <returns>Done: they begin with all of it; NeedMoreData: with a part, perhaps none, of it; InvalidData: with something else.</returns>
    public static OperationStatus Match(ReadOnlySpan<byte> firstBytes)
    {
        ReadOnlySpan<byte> frame = Frame;
        if (firstBytes.Length >= frame.Length) return firstBytes.StartsWith(frame) ? OperationStatus.Done : OperationStatus.InvalidData;
        return frame.StartsWith(firstBytes) ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
    }
}
