using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Delivery;

namespace FastChat.Gateway.Connections;

/// <summary>What a peer is told before there is a session.</summary>
internal static class HandshakeAnswers
{
    private static readonly byte[] s_timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>To who began a head and did not end it in time.</summary>
    public static ReadOnlyMemory<byte> Timeout => s_timeout;

    /// <summary>Answers an upgrade that was let in.</summary>
    /// <param name="request">Without a fault.</param>
    /// <param name="allowsDeflate">Whether an offer of compression is taken.</param>
    /// <param name="response">Takes the 101.</param>
    /// <returns>What was agreed on.</returns>
    public static AgreedForm WriteUpgrade(in UpgradeRequest request, bool allowsDeflate, ByteWriter response) =>
        UpgradeResponse.Write(response, request, allowsDeflate);

    /// <summary>To a TCP connection that may not come in: the preface, and a close message.</summary>
    public static byte[] TcpRefusal(CloseReason reason, int retryAfterMs)
    {
        using ByteWriter answer = new(64);
        answer.Write(TcpPreface.Frame);
        int start = FrameWriter.Begin(answer, WireForm.MessagePackTcp);
        WireForms.EncoderOf(WireForm.MessagePackTcp).WriteClose(answer, reason, retryAfterMs);
        FrameWriter.End(answer, WireForm.MessagePackTcp, start);
        return answer.WrittenSpan.ToArray();
    }
}
