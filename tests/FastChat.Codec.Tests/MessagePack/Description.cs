using System.Globalization;
using System.Text;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Tests.MessagePack;

/// <summary>
/// One text for one value, whatever its encoding and whichever of C#, JavaScript and Python read it: <c>cross-check.mjs</c> and
/// <c>cross_check.py</c> write the same. Integral floats below 2^53 count as integers, because JavaScript cannot tell them apart.
/// </summary>
internal static class Description
{
    public const int DepthMax = 64;

    /// <summary>Reads one value and describes it; null when it is not well-formed, the reader's status saying why.</summary>
    public static string? Read(ref MessagePackReader reader)
    {
        StringBuilder text = new();
        return TryAppend(ref reader, text, DepthMax) ? text.ToString() : null;
    }

    /// <summary>Describes bytes that must be exactly one value.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        MessagePackReader reader = new(bytes);
        string? text = Read(ref reader);
        Assert.True(text is not null, $"not one value ({reader.Status}): {Hex.Format(bytes)}");
        Assert.True(reader.IsAtEnd);
        return text!;
    }

    public static string OfInteger(Int128 value) => value.ToString(CultureInfo.InvariantCulture);

    public static string OfDouble(double value)
    {
        if (double.IsNaN(value)) return "f:nan";
        bool isInteger = Math.Abs(value) < 1L << 53 && Math.Floor(value) == value && !(value == 0 && double.IsNegative(value));
        return isInteger ? OfInteger((Int128)value) : $"f:{BitConverter.DoubleToUInt64Bits(value):x16}";
    }

    public static string OfString(ReadOnlySpan<byte> utf8) => "s:" + Hex.Format(utf8);

    public static string OfBinary(ReadOnlySpan<byte> bytes) => "b:" + Hex.Format(bytes);

    public static string OfTimestamp(long seconds, int nanoseconds) => $"t:{seconds}.{nanoseconds:d9}";

    public static string OfExtension(sbyte type, ReadOnlySpan<byte> body) => $"e{type}:{Hex.Format(body)}";

    private static bool TryAppend(ref MessagePackReader reader, StringBuilder text, int depthMax)
    {
        string? scalar = null;
        switch (reader.NextType)
        {
            case MessagePackType.Nil:
                if (reader.TryReadNil()) scalar = "nil";
                break;
            case MessagePackType.Boolean:
                if (reader.TryReadBoolean(out bool boolean)) scalar = boolean ? "true" : "false";
                break;
            case MessagePackType.Integer:
                if (reader.TryReadInt64(out long integer)) scalar = OfInteger(integer);
                else if (reader.TryReadUInt64(out ulong large)) scalar = OfInteger(large);
                break;
            case MessagePackType.Float:
                if (reader.TryReadDouble(out double number)) scalar = OfDouble(number);
                break;
            case MessagePackType.String:
                if (reader.TryReadString(out ReadOnlySpan<byte> utf8)) scalar = OfString(utf8);
                break;
            case MessagePackType.Binary:
                if (reader.TryReadBinary(out ReadOnlySpan<byte> bytes)) scalar = OfBinary(bytes);
                break;
            case MessagePackType.Extension:
                if (reader.TryReadTimestamp(out MessagePackTimestamp time)) scalar = OfTimestamp(time.Seconds, time.Nanoseconds);
                else if (reader.TryReadExtension(out sbyte type, out ReadOnlySpan<byte> body)) scalar = OfExtension(type, body);
                break;
            case MessagePackType.Array:
                return depthMax > 0 && reader.TryReadArrayHeader(out int count) && TryAppendItems(ref reader, text, count, isMap: false, depthMax - 1);
            case MessagePackType.Map:
                return depthMax > 0 && reader.TryReadMapHeader(out int pairs) && TryAppendItems(ref reader, text, pairs, isMap: true, depthMax - 1);
            default:
                reader.TrySkip(0);
                break;
        }
        text.Append(scalar);
        return scalar is not null;
    }

    private static bool TryAppendItems(ref MessagePackReader reader, StringBuilder text, int count, bool isMap, int depthMax)
    {
        text.Append(isMap ? '{' : '[');
        for (int i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            if (isMap)
            {
                if (!TryAppend(ref reader, text, depthMax)) return false;
                text.Append('=');
            }
            if (!TryAppend(ref reader, text, depthMax)) return false;
        }
        text.Append(isMap ? '}' : ']');
        return true;
    }
}
