namespace FastChat.Codec.Tests.MessagePack;

/// <summary>Bytes as a reader of tests likes to see them: <c>c4 02 00-ff</c>.</summary>
internal static class Hex
{
    public static byte[] Parse(string hex) => Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));

    public static string Format(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
