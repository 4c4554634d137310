using System.Diagnostics.CodeAnalysis;

namespace FastChat.Codec.MessagePack;

/// <summary>What a MessagePack value is, told by its first byte.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The specification's own names.")]
public enum MessagePackType : byte
{
    /// <summary>There is no next byte.</summary>
    None = 0,
    /// <summary>Nil.</summary>
    Nil,
    /// <summary>True or false.</summary>
    Boolean,
    /// <summary>An integer from -2^63 to 2^64-1.</summary>
    Integer,
    /// <summary>A float of 32 or 64 bits.</summary>
    Float,
    /// <summary>UTF-8 text.</summary>
    String,
    /// <summary>Bytes.</summary>
    Binary,
    /// <summary>A count, then that many values.</summary>
    Array,
    /// <summary>A count, then that many pairs of key and value; keys are any value and may repeat.</summary>
    Map,
    /// <summary>Bytes with a type number from -128 to 127; -1 is a timestamp.</summary>
    Extension,
    /// <summary>The byte 0xc1, which the format never uses.</summary>
    Invalid,
}
