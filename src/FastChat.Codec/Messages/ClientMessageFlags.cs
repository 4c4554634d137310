namespace FastChat.Codec.Messages;

/// <summary>The flags of a client's <c>msg</c> in MessagePack. Bits that a version does not know are ignored.</summary>
[Flags]
internal enum ClientMessageFlags
{
    None = 0,
    Ephemeral = 1,
    ExcludeSelf = 2,
}
