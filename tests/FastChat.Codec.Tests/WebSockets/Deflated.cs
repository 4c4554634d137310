using System.IO.Compression;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Compresses with zlib, as a peer of permessage-deflate would (RFC 7692, 7.2.1).</summary>
internal static class Deflated
{
    /// <summary>The payload of a compressed message.</summary>
    /// <param name="message">What it says.</param>
    /// <param name="level">0 (stored blocks) to 9.</param>
    /// <param name="strategy">How zlib chooses its codes.</param>
    /// <param name="flushEvery">Bytes after which a block is ended; 0: never.</param>
    public static byte[] Of(ReadOnlySpan<byte> message, int level = 6, ZLibCompressionStrategy strategy = ZLibCompressionStrategy.Default, int flushEvery = 0)
    {
        if (message.IsEmpty) return [0];
        using MemoryStream output = new();
        using DeflateStream deflate = new(output, new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy }, leaveOpen: true);
        while (flushEvery > 0 && message.Length > flushEvery)
        {
            deflate.Write(message[..flushEvery]);
            deflate.Flush();
            message = message[flushEvery..];
        }
        deflate.Write(message);
        deflate.Flush();
        byte[] flushed = output.ToArray();
        Assert.Equal([0, 0, 0xFF, 0xFF], flushed[^4..]);
        return flushed[..^4];
    }

    /// <summary>The same with a final block, and the byte behind it that begins the block cut off (7.2.3.4).</summary>
    public static byte[] WithFinalBlock(ReadOnlySpan<byte> message, int level = 6)
    {
        using MemoryStream output = new();
        using (DeflateStream deflate = new(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true)) deflate.Write(message);
        return [.. output.ToArray(), 0];
    }

    /// <summary>A frame that begins a compressed message.</summary>
    public static byte[] Frame(byte opcode, ReadOnlySpan<byte> payload, bool isFinal = true) => Wire.Frame(opcode, payload, isFinal, reserved: 4);

    /// <summary>What zlib makes of a payload; null when it says that it is corrupt.</summary>
    public static byte[]? Inflate(ReadOnlySpan<byte> payload)
    {
        using DeflateStream inflate = new(new MemoryStream([.. payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        using MemoryStream output = new();
        try
        {
            inflate.CopyTo(output);
        }
        catch (InvalidDataException)
        {
            return null;
        }
        return output.ToArray();
    }
}
