namespace FastChat.Codec.Json;

/// <summary>What became of a value of JSON on its way to MessagePack.</summary>
internal enum JsonDataOutcome : byte
{
    /// <summary>It is written.</summary>
    Done = 0,
    /// <summary>It is no JSON, is cut off, or nested too deep. The reader is of no more use.</summary>
    Broken,
    /// <summary>A string has a surrogate without its partner. The value was read to its end, what was written is to be forgotten.</summary>
    LoneSurrogate,
}
