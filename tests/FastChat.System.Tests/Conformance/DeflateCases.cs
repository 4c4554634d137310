using System.IO.Compression;
using System.Text;

namespace FastChat.System.Tests.Conformance;

/// <summary>What Autobahn's sections 12 and 13 are about: payloads of different kinds and sizes, and what of the extension is offered.</summary>
internal static class DeflateCases
{
    private const string Answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    /// <summary>What is offered, and the <c>server_max_window_bits</c> that must be kept: 13.1 to 13.7, and what clients in use send.</summary>
    public static readonly (string Name, string Offer, int WindowBits, string Answer)[] Offers =
    [
        ("13.1", "permessage-deflate; client_max_window_bits", 15, Answer),
        ("13.2", "permessage-deflate; server_no_context_takeover; client_max_window_bits", 15, Answer),
        ("13.3", "permessage-deflate; client_max_window_bits; server_max_window_bits=8", 8, Answer + "; server_max_window_bits=8"),
        ("13.4", "permessage-deflate; client_max_window_bits; server_max_window_bits=15", 15, Answer + "; server_max_window_bits=15"),
        ("13.5", "permessage-deflate; server_no_context_takeover; client_max_window_bits; server_max_window_bits=8", 8, Answer + "; server_max_window_bits=8"),
        ("13.6", "permessage-deflate; server_no_context_takeover; client_max_window_bits; server_max_window_bits=15", 15, Answer + "; server_max_window_bits=15"),
        ("13.7", "permessage-deflate; server_no_context_takeover; client_max_window_bits; server_max_window_bits=9, permessage-deflate; server_no_context_takeover; client_max_window_bits, permessage-deflate; client_max_window_bits", 9, Answer + "; server_max_window_bits=9"),
        ("12", "permessage-deflate", 15, Answer),
        ("the second that can be honoured", "permessage-deflate; server_max_window_bits=7, x-other, permessage-deflate; server_max_window_bits=12", 12, Answer + "; server_max_window_bits=12"),
    ];

    /// <summary>Offers of which none can be honoured: nothing is agreed on, and the connection goes on plain.</summary>
    public static readonly string[] Declined =
    [
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; unknown, permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-bzip2",
    ];

    /// <summary>Message sizes of each case, and the bytes of a fragment, 0 for messages in one piece.</summary>
    public static readonly (int MessageBytes, int FragmentBytes)[] Sizes =
    [
        (0, 0), (1, 0), (16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16_384, 0), (32_768, 0), (65_536, 0), (131_072, 0),
        (8192, 256), (16_384, 256), (32_768, 256), (65_536, 256), (131_072, 256),
        (131_072, 1024), (131_072, 4096), (131_072, 65_536),
    ];

    /// <summary>12.1 to 12.5: JSON, bytes without order, prose, HTML; and one byte over and over.</summary>
    public static IEnumerable<(string Name, bool IsText, byte[] Bytes)> Payloads(int length)
    {
        yield return ("json", true, Filled(length, static i => $"{{\"id\":{i},\"name\":\"item {i * 7919 % 1000}\",\"tags\":[\"a\",\"b{i % 10}\"],\"price\":{i * 31 % 997}.50}},"));
        byte[] noise = new byte[length];
        new Random(length).NextBytes(noise);
        yield return ("noise", false, noise);
        string[] words = "Habe nun ach Philosophie Juristerei und Medizin und leider auch Theologie durchaus studiert mit heißem Bemühn".Split(' ');
        yield return ("prose", true, Filled(length, i => words[(int)((long)i * i * 31 % words.Length)] + (i % 9 == 8 ? "\n" : " ")));
        yield return ("html", true, Filled(length, static i => $"<li class=\"row r{i % 3}\"><a href=\"/page/{i}\">Page {i}</a></li>\n"));
        yield return ("zeros", false, new byte[length]);
    }

    /// <summary>A message's payload, compressed without context.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> message, int level)
    {
        using MemoryStream output = new();
        using DeflateStream deflate = new(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush();
        return message.IsEmpty ? [0] : output.ToArray()[..^4];
    }

    /// <summary>Undoes it.</summary>
    public static byte[] Inflate(byte[] payload)
    {
        using DeflateStream inflate = new(new MemoryStream([.. payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        using MemoryStream output = new();
        inflate.CopyTo(output);
        return output.ToArray();
    }

    private static byte[] Filled(int length, Func<int, string> piece)
    {
        StringBuilder text = new();
        int bytes = 0;
        for (int i = 0; bytes < length; i++)
        {
            string next = piece(i);
            text.Append(next);
            bytes += Encoding.UTF8.GetByteCount(next);
        }

        byte[] all = Encoding.UTF8.GetBytes(text.ToString());
        int end = length;
        while (end > 0 && end < all.Length && (all[end] & 0xC0) == 0x80) end--; // Not within a character.
        return [.. all[..end], .. Enumerable.Repeat((byte)'.', length - end)];
    }
}
