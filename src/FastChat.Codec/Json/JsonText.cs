// Data plane: no allocation after warm-up. See JsonEncoderBenchmarks.
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using FastChat.Codec.Buffers;

namespace FastChat.Codec.Json;

/// <summary>Strings and numbers of JSON, both ways.</summary>
/// <remarks>
/// Only what RFC 8259 asks for is escaped: quotes, backslashes and control characters. Everything else stays UTF-8, because the
/// documents are messages and never become part of a page's source.
/// </remarks>
internal static class JsonText
{
    /// <summary>Bytes of the longest escape, <c>\u001f</c>.</summary>
    public const int EscapeBytesMax = 6;

    /// <summary>What cannot stand in a string as it is: control characters, quotes and backslashes (RFC 8259, 7).</summary>
    public static readonly SearchValues<byte> NotPlain = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\']);

    /// <summary>Appends text between quotes.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="utf8">Valid UTF-8; not checked.</param>
    public static void WriteText(ByteWriter output, ReadOnlySpan<byte> utf8)
    {
        output.Reserve(utf8.Length + 2);
        output.WriteByte((byte)'"');
        WriteEscaped(output, utf8);
        output.WriteByte((byte)'"');
    }

    /// <summary>Appends text without quotes.</summary>
    public static void WriteEscaped(ByteWriter output, ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            int plainBytes = utf8.IndexOfAny(NotPlain);
            if (plainBytes < 0) break;
            output.Write(utf8[..plainBytes]);
            WriteEscape(output, utf8[plainBytes]);
            utf8 = utf8[(plainBytes + 1)..];
        }
        output.Write(utf8);
    }

    /// <summary>Appends an integer.</summary>
    public static void WriteInteger(ByteWriter output, long value)
    {
        Span<byte> span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out int written);
        output.Advance(written);
    }

    /// <summary>How many bytes the escape has that <paramref name="text"/> begins with; 0 when it is none.</summary>
    public static int EscapeBytes(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\\') return 0;
        if (text[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t') return 2;
        return text[1] == 'u' && text.Length >= EscapeBytesMax && CodeUnit(text) >= 0 ? EscapeBytesMax : 0;
    }

    /// <summary>Undoes escapes.</summary>
    /// <param name="escaped">As a <see cref="JsonReader"/> found it: every escape is well-formed.</param>
    /// <param name="output">At least as long as <paramref name="escaped"/>; never more is written.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>False when a surrogate lacks its partner, so that the text has no UTF-8.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> output, out int written)
    {
        written = 0;
        while (true)
        {
            int plainBytes = escaped.IndexOf((byte)'\\');
            if (plainBytes < 0) break;
            escaped[..plainBytes].CopyTo(output[written..]);
            written += plainBytes;
            escaped = escaped[plainBytes..];
            if (escaped[1] != 'u')
            {
                output[written++] = Unescape(escaped[1]);
                escaped = escaped[2..];
                continue;
            }
            int unit = CodeUnit(escaped);
            escaped = escaped[EscapeBytesMax..];
            Rune rune;
            if (char.IsSurrogate((char)unit))
            {
                if (EscapeBytes(escaped) != EscapeBytesMax || !Rune.TryCreate((char)unit, (char)CodeUnit(escaped), out rune)) return false;
                escaped = escaped[EscapeBytesMax..];
            }
            else
            {
                rune = new Rune(unit);
            }
            written += rune.EncodeToUtf8(output[written..]);
        }
        escaped.CopyTo(output[written..]);
        written += escaped.Length;
        return true;
    }

    /// <summary>The number that <c>\u1234</c> at the start of <paramref name="text"/> names; -1 when a digit is none.</summary>
    private static int CodeUnit(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text[2..EscapeBytesMax], out ushort unit, out int digits, 'x') && digits == 4 ? unit : -1;

    private static byte Unescape(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    private static void WriteEscape(ByteWriter output, byte value)
    {
        byte letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => 0,
        };
        if (letter != 0)
        {
            output.WriteByte((byte)'\\');
            output.WriteByte(letter);
            return;
        }
        output.Write("\\u00"u8);
        Span<byte> digits = output.GetSpan(2);
        Utf8Formatter.TryFormat(value, digits, out int written, new StandardFormat('x', 2));
        output.Advance(written);
    }
}
