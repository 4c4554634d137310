namespace FastChat.Codec.Messages;

/// <summary>One decoded command of a client. Every span borrows from the bytes it was read from (or the reader's scratch) and is UTF-8; empty means absent.</summary>
public ref struct ClientMessage
{
    /// <summary>What is asked.</summary>
    public MessageType Type { get; set; }
    /// <summary>The client's id of the message, 1 to <see cref="MessageLimits.IdBytesMax"/> bytes: dedupes a publication, correlates answers.</summary>
    public ReadOnlySpan<byte> Id { get; set; }
    /// <summary>Room id as sent; not yet checked.</summary>
    public ReadOnlySpan<byte> Room { get; set; }
    /// <summary>Display name as sent; not yet checked.</summary>
    public ReadOnlySpan<byte> User { get; set; }
    /// <summary>Guest key.</summary>
    public ReadOnlySpan<byte> Key { get; set; }
    /// <summary>Session or foreign token.</summary>
    public ReadOnlySpan<byte> Token { get; set; }
    /// <summary>Whether <see cref="SinceEpoch"/> and <see cref="SinceOffset"/> were given.</summary>
    public bool HasSince { get; set; }
    /// <summary>Epoch of the position to resume from.</summary>
    public ReadOnlySpan<byte> SinceEpoch { get; set; }
    /// <summary>Offset to resume after, ≥ 0.</summary>
    public long SinceOffset { get; set; }
    /// <summary>Most messages wanted in a history page; -1 when not given.</summary>
    public int Limit { get; set; }
    /// <summary>History: only offsets below this; 0 when not given.</summary>
    public long Before { get; set; }
    /// <summary>Message text.</summary>
    public ReadOnlySpan<byte> Text { get; set; }
    /// <summary>One well-formed MessagePack value; opaque.</summary>
    public ReadOnlySpan<byte> Data { get; set; }
    /// <summary>What the publication is, at most <see cref="MessageLimits.KindBytesMax"/> bytes; empty means <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Kind { get; set; }
    /// <summary>Publish on the ephemeral lane: no offset, may be dropped.</summary>
    public bool Ephemeral { get; set; }
    /// <summary>Send the publication to every member but this connection, which gets a position instead.</summary>
    public bool ExcludeSelf { get; set; }
    /// <summary>Typing: begins (true, the default) or ends.</summary>
    public bool On { get; set; }
    /// <summary>Presence: where the page starts, as given in the page before.</summary>
    public ReadOnlySpan<byte> Cursor { get; set; }
}
