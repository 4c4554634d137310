using System.Buffers.Binary;
using System.Text;

namespace FastChat.System.Tests.Kit;

/// <summary>As much of MessagePack as raw peers write and read. Written from its specification alone, not with the codec under test.</summary>
internal static class Packed
{
    /// <summary>An array of nil, integers below 65,536, and short and long texts.</summary>
    public static byte[] Array(params object?[] elements)
    {
        List<byte> bytes = [(byte)(0x90 | elements.Length)];
        foreach (object? element in elements)
        {
            switch (element)
            {
                case null:
                    bytes.Add(0xC0);
                    break;
                case int number when number < 128:
                    bytes.Add((byte)number);
                    break;
                case int number:
                    bytes.AddRange([0xCD, (byte)(number >> 8), (byte)number]);
                    break;
                case string text:
                    AddText(bytes, Encoding.UTF8.GetBytes(text));
                    break;
                default:
                    throw new ArgumentException($"{element.GetType()} is not written here", nameof(elements));
            }
        }
        return [.. bytes];
    }

    /// <summary>Reads the value at <paramref name="at"/>, which moves behind it: null, bool, long, text, object?[].</summary>
    public static object? Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        byte first = bytes[at++];
        return first switch
        {
            < 0x80 => (long)first,
            >= 0x90 and < 0xA0 => ReadArray(bytes, ref at, first & 0x0F),
            >= 0xA0 and < 0xC0 => ReadText(bytes, ref at, first & 0x1F),
            0xC0 => null,
            0xC2 => false,
            0xC3 => true,
            0xCC => (long)ReadNumber(bytes, ref at, 1),
            0xCD => (long)ReadNumber(bytes, ref at, 2),
            0xCE => (long)ReadNumber(bytes, ref at, 4),
            0xCF => (long)ReadNumber(bytes, ref at, 8),
            0xD9 => ReadText(bytes, ref at, (int)ReadNumber(bytes, ref at, 1)),
            0xDA => ReadText(bytes, ref at, (int)ReadNumber(bytes, ref at, 2)),
            0xDB => ReadText(bytes, ref at, (int)ReadNumber(bytes, ref at, 4)),
            0xDC => ReadArray(bytes, ref at, (int)ReadNumber(bytes, ref at, 2)),
            0xDD => ReadArray(bytes, ref at, (int)ReadNumber(bytes, ref at, 4)),
            >= 0xE0 => (long)(sbyte)first,
            _ => throw new InvalidDataException($"0x{first:X2} at {at - 1} is not read here"),
        };
    }

    private static void AddText(List<byte> bytes, byte[] text)
    {
        if (text.Length < 32) bytes.Add((byte)(0xA0 | text.Length));
        else bytes.AddRange([0xDA, (byte)(text.Length >> 8), (byte)text.Length]);
        bytes.AddRange(text);
    }

    private static object?[] ReadArray(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        object?[] array = new object?[count];
        for (int i = 0; i < count; i++) array[i] = Read(bytes, ref at);
        return array;
    }

    private static string ReadText(ReadOnlySpan<byte> bytes, ref int at, int length)
    {
        at += length;
        return Encoding.UTF8.GetString(bytes.Slice(at - length, length));
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int at, int length)
    {
        Span<byte> whole = stackalloc byte[8];
        whole.Clear();
        bytes.Slice(at, length).CopyTo(whole[(8 - length)..]);
        at += length;
        return BinaryPrimitives.ReadUInt64BigEndian(whole);
    }
}
