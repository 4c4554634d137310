namespace FastChat.Codec.Messages;

/// <summary>What a handshake has settled on.</summary>
/// <param name="Form">The wire form.</param>
/// <param name="WindowBits">
/// The client's <c>server_max_window_bits</c>, 8 to 15: with less than 15 no compressed message may refer back by more than 2 to this power
/// bytes. 0 when it named none, which means the same as 15.
/// </param>
public readonly record struct AgreedForm(WireForm Form, byte WindowBits = 0)
{
    /// <summary>Window of DEFLATE, bytes: no reference goes further back.</summary>
    public const int WindowBytesMax = 1 << 15;

    /// <summary>Largest message, in bytes before compression, that may be sent compressed: within it nothing refers back too far.</summary>
    public int CompressibleBytesMax => WindowBits is 0 or 15 ? int.MaxValue : 1 << WindowBits;

    /// <summary>A form without a bound to the window.</summary>
    public static implicit operator AgreedForm(WireForm form) => new(form);
}
