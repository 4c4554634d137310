// Data plane: no allocation after warm-up. See MessagePackReaderBenchmarks.
namespace FastChat.Codec.MessagePack;

/// <summary>The first bytes of MessagePack values (the MessagePack specification, "Formats").</summary>
/// <remarks>
/// <code>
///  first byte      value                            after the first byte, big-endian
///  0x00 … 0x7f     integer 0 … 127
///  0x80 … 0x8f     map of 0 … 15 pairs              the pairs
///  0x90 … 0x9f     array of 0 … 15 values           the values
///  0xa0 … 0xbf     string of 0 … 31 bytes           the bytes
///  0xc0            nil
///  0xc1            never used
///  0xc2 0xc3       false, true
///  0xc4 … 0xc6     binary                           length uint8, 16, 32 │ bytes
///  0xc7 … 0xc9     extension                        length uint8, 16, 32 │ type int8 │ bytes
///  0xca 0xcb       float                            IEEE 754, 4 or 8 bytes
///  0xcc … 0xcf     unsigned integer                 uint8, 16, 32, 64
///  0xd0 … 0xd3     signed integer                   int8, 16, 32, 64
///  0xd4 … 0xd8     extension of 1, 2, 4, 8, 16      type int8 │ bytes
///  0xd9 … 0xdb     string                           length uint8, 16, 32 │ bytes
///  0xdc 0xdd       array                            count uint16, 32 │ values
///  0xde 0xdf       map                              count uint16, 32 │ pairs
///  0xe0 … 0xff     integer -32 … -1
/// </code>
/// The head of a value is its first byte, its length or count, and an extension's type number; a scalar is all head.
/// </remarks>
internal static class MessagePackFormat
{
    public const byte FixMap = 0x80;
    public const byte FixArray = 0x90;
    public const byte FixString = 0xa0;
    public const byte Nil = 0xc0;
    public const byte False = 0xc2;
    public const byte True = 0xc3;
    public const byte Binary8 = 0xc4;
    public const byte Binary16 = 0xc5;
    public const byte Binary32 = 0xc6;
    public const byte Extension8 = 0xc7;
    public const byte Extension16 = 0xc8;
    public const byte Extension32 = 0xc9;
    public const byte Float32 = 0xca;
    public const byte Float64 = 0xcb;
    public const byte UInt8 = 0xcc;
    public const byte UInt16 = 0xcd;
    public const byte UInt32 = 0xce;
    public const byte UInt64 = 0xcf;
    public const byte Int8 = 0xd0;
    public const byte Int16 = 0xd1;
    public const byte Int32 = 0xd2;
    public const byte Int64 = 0xd3;
    public const byte FixExtension1 = 0xd4;
    public const byte FixExtension2 = 0xd5;
    public const byte FixExtension4 = 0xd6;
    public const byte FixExtension8 = 0xd7;
    public const byte FixExtension16 = 0xd8;
    public const byte String8 = 0xd9;
    public const byte String16 = 0xda;
    public const byte String32 = 0xdb;
    public const byte Array16 = 0xdc;
    public const byte Array32 = 0xdd;
    public const byte Map16 = 0xde;
    public const byte Map32 = 0xdf;
    public const byte NegativeFixInt = 0xe0;

    /// <summary>Type number of a timestamp.</summary>
    public const sbyte TimestampExtension = -1;

    // The next three are indexed by first byte - 0xc0 and end at 0xdf.

    private static ReadOnlySpan<byte> Types =>
    [
        (byte)MessagePackType.Nil, (byte)MessagePackType.Invalid, (byte)MessagePackType.Boolean, (byte)MessagePackType.Boolean,
        (byte)MessagePackType.Binary, (byte)MessagePackType.Binary, (byte)MessagePackType.Binary,
        (byte)MessagePackType.Extension, (byte)MessagePackType.Extension, (byte)MessagePackType.Extension,
        (byte)MessagePackType.Float, (byte)MessagePackType.Float,
        (byte)MessagePackType.Integer, (byte)MessagePackType.Integer, (byte)MessagePackType.Integer, (byte)MessagePackType.Integer,
        (byte)MessagePackType.Integer, (byte)MessagePackType.Integer, (byte)MessagePackType.Integer, (byte)MessagePackType.Integer,
        (byte)MessagePackType.Extension, (byte)MessagePackType.Extension, (byte)MessagePackType.Extension,
        (byte)MessagePackType.Extension, (byte)MessagePackType.Extension,
        (byte)MessagePackType.String, (byte)MessagePackType.String, (byte)MessagePackType.String,
        (byte)MessagePackType.Array, (byte)MessagePackType.Array, (byte)MessagePackType.Map, (byte)MessagePackType.Map,
    ];

    private static ReadOnlySpan<byte> HeadBytes =>
        [1, 1, 1, 1, 2, 3, 5, 3, 4, 6, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 2, 2, 2, 2, 2, 2, 3, 5, 3, 5, 3, 5];

    private static ReadOnlySpan<byte> LengthBytes =>
        [0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4];

    /// <summary>The type of a value that begins with <paramref name="first"/>.</summary>
    public static MessagePackType TypeOf(byte first) => first switch
    {
        < FixMap or >= NegativeFixInt => MessagePackType.Integer,
        < FixArray => MessagePackType.Map,
        < FixString => MessagePackType.Array,
        < Nil => MessagePackType.String,
        _ => (MessagePackType)Types[first - Nil],
    };

    /// <summary>How many bytes the head of a value that begins with <paramref name="first"/> has.</summary>
    public static int HeadBytesOf(byte first) => first is < Nil or >= NegativeFixInt ? 1 : HeadBytes[first - Nil];

    /// <summary>
    /// How many bytes of length or count follow <paramref name="first"/>; when 0, <paramref name="fixedSize"/> is what the first byte itself says.
    /// </summary>
    public static int LengthBytesOf(byte first, out uint fixedSize)
    {
        fixedSize = first switch
        {
            < FixMap or >= NegativeFixInt => 0,
            < FixString => first & 0x0fu,
            < Nil => first & 0x1fu,
            >= FixExtension1 and <= FixExtension16 => 1u << (first - FixExtension1),
            _ => 0,
        };
        return first is < Nil or >= NegativeFixInt ? 0 : LengthBytes[first - Nil];
    }
}
