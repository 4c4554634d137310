namespace FastChat.Codec.Json;

/// <summary>What <see cref="JsonReader.Read"/> came upon.</summary>
internal enum JsonToken : byte
{
    /// <summary>Nothing was read yet.</summary>
    None = 0,
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    /// <summary>A member's name; its value follows.</summary>
    Name,
    Text,
    Number,
    True,
    False,
    Null,
    /// <summary>The one value of the document is through and nothing but white space follows it.</summary>
    End,
    /// <summary>No JSON, cut off, or nested too deep; every further read says the same.</summary>
    Invalid,
}
