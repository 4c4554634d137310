// Data plane: no allocation after warm-up. See Utf8CheckerBenchmarks.
using System.Text.Unicode;

namespace FastChat.Codec.WebSockets;

/// <summary>
/// Checks that bytes that come in pieces, cut anywhere, are UTF-8 (RFC 3629), and fails with the first byte that cannot be:
/// overlong forms, surrogates and code points above U+10FFFF within their sequence. Four bytes of state; the default value is ready for use.
/// </summary>
public struct Utf8Checker
{
    // Invariant: the next _remaining bytes must be continuation bytes, the first of them within _lower to _upper.
    // _lower > _upper after a failure, so that nothing mends it but Reset.
    private byte _remaining;
    private byte _lower;
    private byte _upper;

    /// <summary>Whether the bytes so far end with a whole character.</summary>
    public readonly bool IsComplete => _remaining == 0;

    /// <summary>Takes the next piece.</summary>
    /// <returns>Whether all bytes since the last <see cref="Reset"/> can begin a valid text. Once false, it stays false.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_remaining != 0)
        {
            int continued = 0;
            while (_remaining != 0 && continued < bytes.Length)
            {
                if (!Step(bytes[continued++])) return false;
            }
            bytes = bytes[continued..];
        }
        if (bytes.IsEmpty) return _lower <= _upper;

        int cutOffBytes = CutOffBytes(bytes);
        if (!Utf8.IsValid(bytes[..^cutOffBytes])) return Fail();
        foreach (byte value in bytes[^cutOffBytes..])
        {
            if (!Step(value)) return false;
        }
        return true;
    }

    /// <summary>Begins a new text.</summary>
    public void Reset() => this = default;

    /// <summary>How many bytes at the end belong to a sequence whose lead byte asks for more than there are.</summary>
    private static int CutOffBytes(ReadOnlySpan<byte> bytes)
    {
        int bytesMax = Math.Min(3, bytes.Length);
        for (int count = 1; count <= bytesMax; count++)
        {
            byte value = bytes[^count];
            if (value < 0x80) return 0;
            if (value < 0xC0) continue;
            int sequenceBytes = value < 0xE0 ? 2 : value < 0xF0 ? 3 : 4;
            return sequenceBytes > count ? count : 0;
        }
        return 0;
    }

    private bool Step(byte value)
    {
        if (_remaining == 0) return Begin(value);
        if (value < _lower || value > _upper) return Fail();
        _remaining--;
        _lower = 0x80;
        _upper = 0xBF;
        return true;
    }

    /// <summary>Table 3-7 of the Unicode standard: which second bytes may follow a lead byte.</summary>
    private bool Begin(byte lead)
    {
        (_remaining, _lower, _upper) = lead switch
        {
            >= 0xC2 and <= 0xDF => ((byte)1, (byte)0x80, (byte)0xBF),
            0xE0 => ((byte)2, (byte)0xA0, (byte)0xBF),
            0xED => ((byte)2, (byte)0x80, (byte)0x9F),
            >= 0xE1 and <= 0xEF => ((byte)2, (byte)0x80, (byte)0xBF),
            0xF0 => ((byte)3, (byte)0x90, (byte)0xBF),
            >= 0xF1 and <= 0xF3 => ((byte)3, (byte)0x80, (byte)0xBF),
            0xF4 => ((byte)3, (byte)0x80, (byte)0x8F),
            _ => ((byte)1, (byte)0xFF, (byte)0x00),
        };
        return _lower <= _upper;
    }

    private bool Fail()
    {
        (_remaining, _lower, _upper) = (1, 0xFF, 0x00);
        return false;
    }
}
