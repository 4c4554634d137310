// Data plane: no allocation after warm-up. See WebSocketReceiverBenchmarks.
using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using FastChat.Codec.Buffers;
using FastChat.Codec.Deflate;
using FastChat.Codec.Messages;

namespace FastChat.Codec.WebSockets;

/// <summary>
/// Turns the bytes of one connection into messages, pings, pongs and the close (RFC 6455, 5 to 8). Fed pieces cut anywhere.
/// A connection embeds it by value: at most 64 bytes, no buffer between messages. Not thread-safe, not re-entrant.
/// </summary>
/// <remarks>
/// A whole unfragmented frame goes to the sink as a slice of what was fed; all else is unmasked and checked as it arrives and gathered
/// in a pooled array that grows with what arrived, never with what a header claims. A compressed message is gathered as it is and inflated
/// when it is whole, into a pooled array that lives until the sink has had it.
/// Invariant: _partial holds the message's payload up to here, and after _controlStart the begun control frame's, if there is one.
/// </remarks>
public struct WebSocketReceiver : IDisposable
{
    private PartialBytes _partial;
    private HeaderScratch _header;       // What came of a header that was cut off.
    private byte _headerBytes;           // How much of it.
    private Phase _phase;
    private WebSocketOpcode _messageOpcode; // Text or Binary while a message is open, else Continuation.
    private WebSocketOpcode _frameOpcode;   // This and the next four describe the frame begun, in Phase.Payload.
    private bool _frameIsFinal;
    private Flags _flags;
    private CloseReason _failure;
    private Utf8Checker _utf8;           // At rest between messages: a text that ends within a character fails.
    private uint _maskKey;               // Rotated for the byte that comes next.
    private int _frameBytesLeft;
    private int _controlStart;
    private int _fragmentCount;

    /// <param name="expectsMask">True on a server, whose peers must mask; false on a client, whose peer must not.</param>
    /// <param name="allowsDeflate">Whether the peer may compress messages, each without the context of others (RFC 7692).</param>
    public WebSocketReceiver(bool expectsMask, bool allowsDeflate = false)
    {
        if (expectsMask) _flags |= Flags.ExpectsMask;
        if (allowsDeflate) _flags |= Flags.AllowsDeflate;
    }

    /// <summary>In one byte: two more would make each connection larger by eight.</summary>
    [Flags]
    private enum Flags : byte
    {
        ExpectsMask = 1,
        AllowsDeflate = 2,
        /// <summary>The message open is compressed.</summary>
        IsDeflated = 4,
    }

    private enum Phase : byte
    {
        Header,
        Payload,
        /// <summary>A close frame came, the receiver was disposed, or it failed (then _failure says why).</summary>
        Ended,
    }

    /// <summary>Whether a frame or a fragmented message has begun and not ended. Hosts put a time limit to it.</summary>
    public readonly bool IsMidMessage =>
        _phase == Phase.Payload || (_phase == Phase.Header && (_headerBytes != 0 || _messageOpcode != WebSocketOpcode.Continuation));

    /// <summary>Whether nothing more will be read: after a close frame, a failure or <see cref="Dispose"/>.</summary>
    public readonly bool HasEnded => _phase == Phase.Ended;

    /// <summary>Bytes of pooled memory held for a partial message; 0 between messages.</summary>
    public readonly int HeldBytes => _partial.CapacityBytes;

    private readonly bool IsDeflated => (_flags & Flags.IsDeflated) != 0;

    /// <summary>Takes bytes from the socket and tells the sink what they hold.</summary>
    /// <param name="bytes">The next bytes; borrowed, and unmasked in place.</param>
    /// <param name="limits">What a message may cost.</param>
    /// <param name="sink">Called before this returns, in the order of the bytes.</param>
    /// <param name="consumedBytes">Bytes taken: all, unless the sink stopped, the peer closed or the receiver failed. Feed the rest again, from its start.</param>
    /// <returns>
    /// None to go on; else why the connection must be failed: <see cref="CloseReason.ProtocolError"/>, <see cref="CloseReason.InvalidUtf8"/>
    /// or <see cref="CloseReason.MessageTooBig"/>. What came before the fault has been told to the sink. A failed receiver repeats its answer;
    /// one that got a close frame discards what follows.
    /// </returns>
    public CloseReason Receive<TSink>(Span<byte> bytes, in ReceiveLimits limits, TSink sink, out int consumedBytes)
        where TSink : class, IMessageSink
    {
        int at = 0;
        if (_phase == Phase.Ended && _failure == CloseReason.None) at = bytes.Length;

        bool goOn = true;
        while (goOn && at < bytes.Length && _phase != Phase.Ended)
        {
            if (_phase == Phase.Header)
            {
                OperationStatus status = ReadHeader(bytes, ref at, out FrameHeader header);
                if (status == OperationStatus.NeedMoreData) break;
                CloseReason refusal = status == OperationStatus.Done ? Begin(header, limits) : CloseReason.ProtocolError;
                if (refusal != CloseReason.None)
                {
                    Fail(refusal);
                    break;
                }
            }

            Span<byte> payload = bytes.Slice(at, Math.Min(_frameBytesLeft, bytes.Length - at));
            at += payload.Length;
            _frameBytesLeft -= payload.Length;
            _maskKey = Masking.Apply(payload, _maskKey);
            goOn = _frameOpcode < WebSocketOpcode.Close ? TakeData(payload, limits, sink) : TakeControl(payload, sink);
        }

        consumedBytes = at;
        return _failure;
    }

    /// <summary>Gives a partial message's memory back. The receiver reads nothing more. May be called more than once, and by the sink.</summary>
    public void Dispose()
    {
        _partial.Return();
        _phase = Phase.Ended;
    }

    private OperationStatus ReadHeader(ReadOnlySpan<byte> bytes, ref int at, out FrameHeader header)
    {
        int headerBytes;
        OperationStatus status;
        ReadOnlySpan<byte> fresh = bytes[at..];
        if (_headerBytes == 0)
        {
            status = FrameHeader.TryRead(fresh, out header, out headerBytes);
            at += headerBytes;
            if (status == OperationStatus.NeedMoreData) KeepHeader(fresh, ref at);
            return status;
        }

        int kept = _headerBytes;
        int keptMore = KeepHeader(fresh, ref at);
        status = FrameHeader.TryRead(((ReadOnlySpan<byte>)_header)[.._headerBytes], out header, out headerBytes);
        if (status != OperationStatus.Done) return status;
        at -= kept + keptMore - headerBytes; // What was copied beyond the header is payload.
        _headerBytes = 0;
        return status;
    }

    /// <returns>How many bytes it kept: all, or what fills the longest header.</returns>
    private int KeepHeader(ReadOnlySpan<byte> fresh, ref int at)
    {
        int count = Math.Min(fresh.Length, FrameHeader.BytesMax - _headerBytes);
        fresh[..count].CopyTo(((Span<byte>)_header)[_headerBytes..]);
        _headerBytes += (byte)count;
        at += count;
        return count;
    }

    private CloseReason Begin(in FrameHeader header, in ReceiveLimits limits)
    {
        if (header.IsMasked != ((_flags & Flags.ExpectsMask) != 0)) return CloseReason.ProtocolError;
        // Only the first frame of a message says that it is compressed (RFC 7692, 6).
        if (header.Rsv1 && ((_flags & Flags.AllowsDeflate) == 0 || header.IsControl || header.Opcode == WebSocketOpcode.Continuation)) return CloseReason.ProtocolError;
        if (!header.IsControl)
        {
            bool isFirst = header.Opcode != WebSocketOpcode.Continuation;
            bool isOpen = _messageOpcode != WebSocketOpcode.Continuation;
            if (isFirst == isOpen) return CloseReason.ProtocolError;
            if (isFirst)
            {
                _messageOpcode = header.Opcode;
                _flags = header.Rsv1 ? _flags | Flags.IsDeflated : _flags & ~Flags.IsDeflated;
                _fragmentCount = 0;
            }
            long bytesMax = IsDeflated ? limits.DeflatedBytesMax : limits.MessageBytesMax;
            if ((ulong)_partial.Length + header.PayloadLength > (ulong)bytesMax) return CloseReason.MessageTooBig;
            if (++_fragmentCount > limits.FragmentsMax) return CloseReason.MessageTooBig;
        }

        _phase = Phase.Payload;
        _frameOpcode = header.Opcode;
        _frameIsFinal = header.IsFinal;
        _frameBytesLeft = (int)header.PayloadLength;
        _controlStart = _partial.Length;
        _maskKey = header.MaskKey;
        return CloseReason.None;
    }

    /// <returns>False when nothing more may be read now.</returns>
    private bool TakeData<TSink>(Span<byte> payload, in ReceiveLimits limits, TSink sink) where TSink : class, IMessageSink
    {
        bool isText = _messageOpcode == WebSocketOpcode.Text;
        if (isText && !IsDeflated && !_utf8.Append(payload)) return Fail(CloseReason.InvalidUtf8);

        bool frameEnds = _frameBytesLeft == 0;
        if (!frameEnds || !_frameIsFinal)
        {
            _partial.Append(payload);
            if (frameEnds) _phase = Phase.Header;
            return true;
        }

        if (isText && !_utf8.IsComplete) return Fail(CloseReason.InvalidUtf8);
        // The state is that of the next message before the sink is called, which may dispose this.
        _phase = Phase.Header;
        _messageOpcode = WebSocketOpcode.Continuation;
        if (IsDeflated) return DeliverInflated(isText, payload, limits.MessageBytesMax, sink);
        return _partial.Length == 0 ? sink.OnMessage(isText, payload) : DeliverGathered(isText, payload, sink);
    }

    private bool DeliverGathered<TSink>(bool isText, ReadOnlySpan<byte> lastPiece, TSink sink) where TSink : class, IMessageSink
    {
        _partial.Append(lastPiece);
        PartialBytes message = _partial.Detach();
        try
        {
            return sink.OnMessage(isText, message.Span);
        }
        finally
        {
            message.Return();
        }
    }

    private bool DeliverInflated<TSink>(bool isText, ReadOnlySpan<byte> lastPiece, int bytesMax, TSink sink) where TSink : class, IMessageSink
    {
        PartialBytes message = default;
        try
        {
            CloseReason fault = Inflate(lastPiece, bytesMax, ref message);
            if (fault != CloseReason.None) return Fail(fault);
            if (isText && !Utf8.IsValid(message.Span)) return Fail(CloseReason.InvalidUtf8);
            return sink.OnMessage(isText, message.Span);
        }
        finally
        {
            message.Return();
        }
    }

    private CloseReason Inflate(ReadOnlySpan<byte> lastPiece, int bytesMax, ref PartialBytes message)
    {
        if (_partial.Length == 0) return Inflater.Inflate(lastPiece, bytesMax, ref message);
        _partial.Append(lastPiece);
        CloseReason fault = Inflater.Inflate(_partial.Span, bytesMax, ref message);
        _partial.Return();
        return fault;
    }

    /// <returns>False when nothing more may be read.</returns>
    private bool TakeControl<TSink>(ReadOnlySpan<byte> payload, TSink sink) where TSink : class, IMessageSink
    {
        if (_frameBytesLeft != 0)
        {
            _partial.Append(payload);
            return true;
        }

        _phase = Phase.Header;
        return _partial.Length == _controlStart ? DeliverControl(payload, sink) : DeliverGatheredControl(payload, sink);
    }

    private bool DeliverGatheredControl<TSink>(ReadOnlySpan<byte> lastPiece, TSink sink) where TSink : class, IMessageSink
    {
        Span<byte> whole = stackalloc byte[FrameHeader.ControlPayloadBytesMax];
        ReadOnlySpan<byte> earlier = _partial.Span[_controlStart..];
        earlier.CopyTo(whole);
        lastPiece.CopyTo(whole[earlier.Length..]);
        int payloadBytes = earlier.Length + lastPiece.Length;
        _partial.Truncate(_controlStart);
        return DeliverControl(whole[..payloadBytes], sink);
    }

    private bool DeliverControl<TSink>(ReadOnlySpan<byte> payload, TSink sink) where TSink : class, IMessageSink
    {
        switch (_frameOpcode)
        {
            case WebSocketOpcode.Ping:
                sink.OnPing(payload);
                return true;
            case WebSocketOpcode.Pong:
                sink.OnPong(payload);
                return true;
            case WebSocketOpcode.Close:
                CloseReason refusal = CloseFrame.Read(payload, out ushort code, out ReadOnlySpan<byte> reason);
                if (refusal != CloseReason.None) return Fail(refusal);
                Dispose();
                sink.OnClose(code, reason);
                return false;
            default:
                throw new UnreachableException();
        }
    }

    private bool Fail(CloseReason reason)
    {
        _partial.Return();
        _phase = Phase.Ended;
        _failure = reason;
        return false;
    }

    [InlineArray(FrameHeader.BytesMax)]
    private struct HeaderScratch
    {
        private byte _first;
    }
}
