using FastChat.Codec.Messages;

namespace FastChat.Benchmarks.Kit;

/// <summary>One chat message of a few words, as it stands at each stop of its way.</summary>
internal static class SampleMessages
{
    /// <summary>What is said.</summary>
    public static ReadOnlySpan<byte> Text => "Shall we meet at the usual place, around seven?"u8;

    /// <summary>As a client sends it.</summary>
    public static ReadOnlySpan<byte> Json =>
        """{"type":"msg","payload":{"id":"7f9c2ba4","room":"general","text":"Shall we meet at the usual place, around seven?"}}"""u8;

    /// <summary>One with escapes and data.</summary>
    public static ReadOnlySpan<byte> EscapedJson =>
        """{"type":"msg","payload":{"id":"7f9c2ba4","room":"general","text":"\u00dcbrigens: \"sieben\" passt.\nBis dann!","data":{"x":1,"y":[true,2.5]}}}"""u8;

    /// <summary>As the codec's own writer takes it.</summary>
    public static ClientMessage FromClient => new() { Type = MessageType.Msg, Id = "7f9c2ba4"u8, Room = "general"u8, Text = Text, Limit = -1 };

    /// <summary>As members get it.</summary>
    public static Publication Publication => new()
    {
        Room = "general"u8, Epoch = "k3v9xyza"u8, Offset = 123_456, TimestampMs = 1_700_000_000_123, User = "alice"u8, Id = "7f9c2ba4"u8, Text = Text,
    };
}
