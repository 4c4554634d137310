// On the data plane, but the runtime's compressor allocates about 200 bytes a message, once for all who are sent it.
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Fanout.Delivery;

/// <summary>
/// Compresses WebSocket messages, each without the context of others (permessage-deflate, RFC 7692, 7.2.1), so that the same bytes are good
/// for every member. One for each loop that has such members; between messages it holds two writers' arrays, no compressor (the runtime
/// pools zlib's state).
/// </summary>
internal sealed class Deflater
{
    // Of the levels, the last whose bytes still repay its time: of 16 KB of chat 6 makes 2 % less than 3, and takes twice as long.
    private static readonly ZLibCompressionOptions s_options = new() { CompressionLevel = 3 };

    private readonly ByteWriter _plain = new();
    private readonly ByteWriter _deflated = new();
    private readonly WriterStream _stream;

    public Deflater() => _stream = new WriterStream(_deflated);

    /// <summary>Puts compressed frames in the place of those that are worth it.</summary>
    /// <param name="output">Holds whole plain data frames from <paramref name="start"/> on, as <see cref="FrameWriter"/> makes them.</param>
    /// <param name="start">Where the first begins.</param>
    /// <param name="bytesMin">Smallest message, in bytes, that is compressed.</param>
    /// <param name="bytesMax">Largest message, in bytes, that is compressed: see <see cref="AgreedForm.CompressibleBytesMax"/>.</param>
    /// <param name="secretBytes">
    /// So many bytes at the beginning of each message stay as they are: they hold a secret, of which nothing may show in how well what others
    /// have written behind it compresses.
    /// </param>
    /// <returns>Bytes of the largest message that was compressed; 0 when none was.</returns>
    public int DeflateFrames(ByteWriter output, int start, int bytesMin, int bytesMax, int secretBytes = 0)
    {
        // Few sends hold a message of that size; of the others nothing is copied.
        start += SmallFramesBytes(output.WrittenSpan[start..], bytesMin);
        if (start == output.Length) return 0;
        _plain.Clear();
        _plain.Write(output.WrittenSpan[start..]);
        output.Truncate(start);
        int largest = 0;
        for (int at = 0; at < _plain.Length;)
        {
            ReadOnlySpan<byte> frame = FirstFrame(_plain.WrittenSpan[at..], out WebSocketOpcode opcode, out int payloadBytes);
            at += frame.Length;
            if (payloadBytes >= bytesMin && payloadBytes <= bytesMax && TryDeflate(frame[^payloadBytes..], secretBytes, out ReadOnlySpan<byte> deflated))
            {
                FrameWriter.WriteDeflated(output, opcode, deflated);
                largest = Math.Max(largest, payloadBytes);
            }
            else
            {
                output.Write(frame);
            }
        }

        ReturnLarge(_plain);
        ReturnLarge(_deflated);
        return largest;
    }

    /// <summary>Compresses one message.</summary>
    /// <param name="payload">What it says.</param>
    /// <param name="secretBytes">See <see cref="DeflateFrames"/>.</param>
    /// <param name="deflated">The frame's payload; good until the next call.</param>
    /// <returns>False when that would not be smaller.</returns>
    public bool TryDeflate(ReadOnlySpan<byte> payload, int secretBytes, out ReadOnlySpan<byte> deflated)
    {
        deflated = default;
        if (payload.Length <= secretBytes) return false;
        _deflated.Clear();
        WriteStored(payload[..secretBytes]);
        int length;
        using (DeflateStream deflate = new(_stream, s_options, leaveOpen: true))
        {
            deflate.Write(payload[secretBytes..]);
            deflate.Flush();
            length = _deflated.Length; // Its end, a final block, is not wanted.
        }

        ReadOnlySpan<byte> flushed = _deflated.WrittenSpan[..length];
        Debug.Assert(flushed.EndsWith((ReadOnlySpan<byte>)[0, 0, 0xFF, 0xFF]));
        deflated = flushed[..^4];
        return deflated.Length < payload.Length;
    }

    private static int SmallFramesBytes(ReadOnlySpan<byte> frames, int bytesMin)
    {
        int at = 0;
        while (at < frames.Length)
        {
            ReadOnlySpan<byte> frame = FirstFrame(frames[at..], out _, out int payloadBytes);
            if (payloadBytes >= bytesMin) break;
            at += frame.Length;
        }

        return at;
    }

    private static ReadOnlySpan<byte> FirstFrame(ReadOnlySpan<byte> frames, out WebSocketOpcode opcode, out int payloadBytes)
    {
        OperationStatus status = FrameHeader.TryRead(frames, out FrameHeader header, out int headerBytes);
        Debug.Assert(status == OperationStatus.Done && !header.IsControl);
        opcode = header.Opcode;
        payloadBytes = (int)header.PayloadLength;
        return frames[..(headerBytes + payloadBytes)];
    }

    /// <summary>Blocks without compression (RFC 1951, 3.2.4): what follows knows nothing of them.</summary>
    private void WriteStored(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, ushort.MaxValue);
            Span<byte> header = _deflated.GetSpan(5);
            header[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)count);
            BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~count);
            _deflated.Advance(5);
            _deflated.Write(bytes[..count]);
            bytes = bytes[count..];
        }
    }

    private static void ReturnLarge(ByteWriter writer)
    {
        const int KeptBytesMax = 64 * 1024;
        if (writer.Length > KeptBytesMax) writer.Dispose(); // It rents anew.
    }

    /// <summary>What a compressor writes to.</summary>
    private sealed class WriterStream(ByteWriter output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
            // All of it is in the writer already.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);
    }
}
