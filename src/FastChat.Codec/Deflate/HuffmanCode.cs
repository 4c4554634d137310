// Data plane: no allocation after warm-up. See InflaterBenchmarks.
namespace FastChat.Codec.Deflate;

/// <summary>A canonical Huffman code (RFC 1951, 3.2.2) to decode with: short codes by a table, longer ones bit by bit. Borrows its memory.</summary>
internal readonly ref struct HuffmanCode
{
    /// <summary>Longest code, bits.</summary>
    public const int BitsMax = 15;
    /// <summary>Codes up to this length are found in the table.</summary>
    public const int TableBits = 9;
    /// <summary>Entries of the table.</summary>
    public const int TableLength = 1 << TableBits;

    private const int LengthBits = 4; // An entry is symbol << 4 | bits of its code; 0: the code is longer, or there is none.

    private readonly Span<ushort> _table;
    private readonly Span<ushort> _symbols; // In the order of their codes.
    private readonly Span<ushort> _counts;  // Codes of each length.

    /// <param name="table"><see cref="TableLength"/> entries.</param>
    /// <param name="symbols">As many as there are symbols.</param>
    /// <param name="counts"><see cref="BitsMax"/> + 1.</param>
    public HuffmanCode(Span<ushort> table, Span<ushort> symbols, Span<ushort> counts)
    {
        _table = table;
        _symbols = symbols;
        _counts = counts;
    }

    /// <summary>Makes it the code in which symbol i has <paramref name="lengths"/>[i] bits, 0 for none.</summary>
    /// <param name="lengths">Bits of each symbol's code.</param>
    /// <param name="mayBeIncomplete">Whether a code of a single symbol, or none, will do (as zlib has it).</param>
    /// <returns>False for lengths that are no such code.</returns>
    public bool TryBuild(scoped ReadOnlySpan<byte> lengths, bool mayBeIncomplete)
    {
        _counts.Clear();
        foreach (byte length in lengths) _counts[length]++;
        _counts[0] = 0;
        int left = 1, longest = 0;
        for (int length = 1; length <= BitsMax; length++)
        {
            left = (left << 1) - _counts[length];
            if (left < 0) return false;
            if (_counts[length] > 0) longest = length;
        }

        if (left > 0 && !(mayBeIncomplete && longest <= 1)) return false;
        Fill(lengths);
        return true;
    }

    /// <summary>Finds the symbol whose code the lowest bits are.</summary>
    /// <param name="bits">The next bits, the first one lowest; those not there are any.</param>
    /// <param name="length">Bits of its code.</param>
    /// <returns>The symbol; -1 when no code begins so.</returns>
    public int Decode(ulong bits, out int length)
    {
        uint entry = _table[(int)bits & (TableLength - 1)];
        length = (int)(entry & ((1 << LengthBits) - 1));
        return entry != 0 ? (int)(entry >> LengthBits) : DecodeLong(bits, out length);
    }

    private int DecodeLong(ulong bits, out int length)
    {
        int code = 0, first = 0, index = 0;
        for (length = 1; length <= BitsMax; length++)
        {
            code |= (int)(bits & 1);
            bits >>= 1;
            int count = _counts[length];
            if (code - first < count) return _symbols[index + code - first];
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        return -1;
    }

    private void Fill(ReadOnlySpan<byte> lengths)
    {
        Span<int> nextCode = stackalloc int[BitsMax + 1];
        Span<int> nextPlace = stackalloc int[BitsMax + 1];
        int code = 0, place = 0;
        for (int length = 1; length <= BitsMax; length++)
        {
            code = (code + _counts[length - 1]) << 1;
            nextCode[length] = code;
            nextPlace[length] = place;
            place += _counts[length];
        }

        _table.Clear();
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0) continue;
            _symbols[nextPlace[length]++] = (ushort)symbol;
            int assigned = nextCode[length]++;
            if (length > TableBits) continue;
            ushort entry = (ushort)((symbol << LengthBits) | length);
            for (int at = Reverse(assigned, length); at < TableLength; at += 1 << length) _table[at] = entry;
        }
    }

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
        return reversed;
    }
}
