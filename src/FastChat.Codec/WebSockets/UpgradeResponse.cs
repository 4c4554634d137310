using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;

namespace FastChat.Codec.WebSockets;

/// <summary>The answer that makes a connection a WebSocket (RFC 6455, 4.2.2).</summary>
public static class UpgradeResponse
{
    /// <summary>Length of <c>Sec-WebSocket-Accept</c>, bytes.</summary>
    public const int AcceptBytes = 28;

    /// <summary>Chooses the form among what a request offers, and appends the 101 response that says so.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="request">Without a fault.</param>
    /// <param name="allowsDeflate">Whether an offer of compression is taken.</param>
    /// <returns>What the connection speaks from here on.</returns>
    public static AgreedForm Write(ByteWriter output, in UpgradeRequest request, bool allowsDeflate)
    {
        bool isMessagePack = request.HasProtocol(TcpPreface.ProtocolName);
        DeflateOffer offer = default;
        bool mayDeflate = allowsDeflate && request.TryChooseDeflate(out offer);
        Write(output, request.Key, isMessagePack ? TcpPreface.ProtocolName : default, mayDeflate ? offer.Answer : default);
        return FormOf(isMessagePack, mayDeflate, offer);
    }

    /// <summary>The form that an answered request is given.</summary>
    /// <param name="isMessagePack">Whether the subprotocol is MessagePack's.</param>
    /// <param name="mayDeflate">Whether compression was agreed on.</param>
    /// <param name="offer">The offer that was taken, if one was.</param>
    public static AgreedForm FormOf(bool isMessagePack, bool mayDeflate, DeflateOffer offer) =>
        mayDeflate ? new AgreedForm(isMessagePack ? WireForm.MessagePackDeflate : WireForm.JsonDeflate, offer.ServerWindowBits) :
        isMessagePack ? WireForm.MessagePackWebSocket : WireForm.JsonWebSocket;

    /// <summary>Appends the 101 response.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="key">The request's key, <see cref="UpgradeRequest.KeyBytes"/> bytes, of a request without a fault.</param>
    /// <param name="subprotocol">The one chosen of those offered; empty: none.</param>
    /// <param name="extensions">What was agreed on of the extensions offered; empty: nothing.</param>
    public static void Write(ByteWriter output, ReadOnlySpan<byte> key, ReadOnlySpan<byte> subprotocol, ReadOnlySpan<byte> extensions = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "u8);
        ComputeAccept(key, output.GetSpan(AcceptBytes));
        output.Advance(AcceptBytes);
        if (!subprotocol.IsEmpty)
        {
            output.Write("\r\nSec-WebSocket-Protocol: "u8);
            output.Write(subprotocol);
        }
        if (!extensions.IsEmpty)
        {
            output.Write("\r\nSec-WebSocket-Extensions: "u8);
            output.Write(extensions);
        }
        output.Write("\r\n\r\n"u8);
    }

    /// <summary>Computes <c>Sec-WebSocket-Accept</c>: base64 of the SHA-1 of the key followed by the RFC's GUID.</summary>
    /// <param name="key">Exactly <see cref="UpgradeRequest.KeyBytes"/> bytes, or it throws.</param>
    /// <param name="destination">At least <see cref="AcceptBytes"/> bytes, of which that many are written.</param>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 prescribes SHA-1; it proves that the server speaks WebSocket and keeps no secret.")]
    public static void ComputeAccept(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, UpgradeRequest.KeyBytes, nameof(key));
        ReadOnlySpan<byte> guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        Span<byte> salted = stackalloc byte[UpgradeRequest.KeyBytes + guid.Length];
        key.CopyTo(salted);
        guid.CopyTo(salted[UpgradeRequest.KeyBytes..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(salted, hash);
        Base64.EncodeToUtf8(hash, destination, out _, out _);
    }
}
