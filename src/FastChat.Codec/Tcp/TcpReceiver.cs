// Data plane: no allocation after warm-up. See TcpReceiverBenchmarks.
using System.Buffers.Binary;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tcp;

/// <summary>
/// Turns the bytes of one TCP connection into messages: the preface, then frames of a length (uint32, big-endian, at least 1) and that
/// many bytes. Fed pieces cut anywhere. A connection embeds it by value: no buffer between frames. Not thread-safe, not re-entrant.
/// </summary>
/// <remarks>A whole frame goes to the sink as a slice of what was fed; others are gathered in a pooled array that grows with what arrived.</remarks>
public struct TcpReceiver : IDisposable
{
    private const int LengthBytes = sizeof(uint);

    private PartialBytes _partial;
    private uint _length;             // The length's bytes that came, shifted in from the right; whole after four.
    private int _frameBytesLeft;
    private byte _lengthBytesRead;    // Invariant: LengthBytes exactly while the payload is incomplete.
    private byte _prefaceBytesRead;
    private bool _hasEnded;
    private CloseReason _failure;

    /// <param name="isStarted">Whether the peer's preface has come, and was right: then this is as one that is between two frames.</param>
    public TcpReceiver(bool isStarted) => _prefaceBytesRead = isStarted ? (byte)TcpPreface.Frame.Length : (byte)0;

    /// <summary>Whether the peer's preface came and was right.</summary>
    public readonly bool Started => _prefaceBytesRead == TcpPreface.Frame.Length;

    /// <summary>Whether a frame, or the preface, has begun and not ended. Hosts put a time limit to it.</summary>
    public readonly bool IsMidMessage => !_hasEnded && (_lengthBytesRead != 0 || (_prefaceBytesRead != 0 && !Started));

    /// <summary>Whether nothing more will be read: after a failure or <see cref="Dispose"/>.</summary>
    public readonly bool HasEnded => _hasEnded;

    /// <summary>Bytes of pooled memory held for a partial frame; 0 between frames.</summary>
    public readonly int HeldBytes => _partial.CapacityBytes;

    /// <summary>Takes bytes from the socket and gives the sink the messages that they hold.</summary>
    /// <param name="bytes">The next bytes; borrowed.</param>
    /// <param name="messageBytesMax">Largest payload, bytes; a length above it fails before its payload.</param>
    /// <param name="sink">Its OnMessage is called before this returns, in the order of the bytes.</param>
    /// <param name="consumedBytes">Bytes taken: all, unless the sink stopped or the receiver failed. Feed the rest again, from its start.</param>
    /// <returns>
    /// None to go on; else why the connection must be failed: <see cref="CloseReason.UnknownProtocol"/> (the first frame is not the preface),
    /// <see cref="CloseReason.ProtocolError"/> (length 0) or <see cref="CloseReason.MessageTooBig"/>. A failed receiver repeats its answer.
    /// </returns>
    public CloseReason Receive<TSink>(Span<byte> bytes, int messageBytesMax, TSink sink, out int consumedBytes)
        where TSink : class, IMessageSink
    {
        int at = 0;
        if (_hasEnded)
        {
            consumedBytes = _failure == CloseReason.None ? bytes.Length : 0;
            return _failure;
        }
        if (!Started) TakePreface(bytes, ref at);

        bool goOn = true;
        while (goOn && !_hasEnded && at < bytes.Length)
        {
            if (_lengthBytesRead < LengthBytes && !TakeLength(bytes, ref at, messageBytesMax)) break;

            Span<byte> payload = bytes.Slice(at, Math.Min(_frameBytesLeft, bytes.Length - at));
            at += payload.Length;
            _frameBytesLeft -= payload.Length;
            goOn = TakePayload(payload, sink);
        }

        consumedBytes = at;
        return _failure;
    }

    /// <summary>Gives a partial frame's memory back. The receiver reads nothing more. May be called more than once, and by the sink.</summary>
    public void Dispose()
    {
        _partial.Return();
        _hasEnded = true;
    }

    private void TakePreface(ReadOnlySpan<byte> bytes, ref int at)
    {
        ReadOnlySpan<byte> expected = TcpPreface.Frame[_prefaceBytesRead..];
        int count = Math.Min(expected.Length, bytes.Length);
        if (!bytes[..count].SequenceEqual(expected[..count]))
        {
            Fail(CloseReason.UnknownProtocol);
            return;
        }
        _prefaceBytesRead += (byte)count;
        at += count;
    }

    /// <returns>Whether the length is whole and good.</returns>
    private bool TakeLength(ReadOnlySpan<byte> bytes, ref int at, int messageBytesMax)
    {
        if (_lengthBytesRead == 0 && bytes.Length - at >= LengthBytes)
        {
            _length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            at += LengthBytes;
        }
        else
        {
            while (_lengthBytesRead < LengthBytes)
            {
                if (at == bytes.Length) return false;
                _length = (_length << 8) | bytes[at++];
                _lengthBytesRead++;
            }
        }

        if (_length == 0) return Fail(CloseReason.ProtocolError);
        if (_length > (ulong)messageBytesMax) return Fail(CloseReason.MessageTooBig);
        _lengthBytesRead = LengthBytes;
        _frameBytesLeft = (int)_length;
        return true;
    }

    /// <returns>False when nothing more may be read now.</returns>
    private bool TakePayload<TSink>(Span<byte> payload, TSink sink) where TSink : class, IMessageSink
    {
        if (_frameBytesLeft != 0)
        {
            _partial.Append(payload);
            return true;
        }

        // The state is that of the next frame before the sink is called, which may dispose this.
        _lengthBytesRead = 0;
        if (_partial.Length == 0) return sink.OnMessage(isText: false, payload);
        _partial.Append(payload);
        PartialBytes message = _partial.Detach();
        try
        {
            return sink.OnMessage(isText: false, message.Span);
        }
        finally
        {
            message.Return();
        }
    }

    private bool Fail(CloseReason reason)
    {
        _partial.Return();
        _hasEnded = true;
        _failure = reason;
        return false;
    }
}
