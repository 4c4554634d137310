using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

public sealed class MaskingTests
{
    private const uint Key = 0x3D21FA37; // The RFC's key 37 FA 21 3D.
    private static readonly byte[] KeyBytes = [0x37, 0xFA, 0x21, 0x3D];

    [Fact]
    public void The_example_of_the_rfc_is_unmasked()
    {
        byte[] payload = Convert.FromHexString("7F9F4D5158");
        Masking.Apply(payload, Key);
        Assert.Equal("Hello"u8, payload);
    }

    [Fact]
    public void Every_length_and_alignment_matches_the_byte_by_byte_definition_and_touches_nothing_else()
    {
        for (int offset = 0; offset < 8; offset++)
        {
            for (int length = 0; length <= 300; length++)
            {
                byte[] original = Wire.Pattern(offset + length + 8);
                byte[] bytes = [.. original];
                uint next = Masking.Apply(bytes.AsSpan(offset, length), Key);
                for (int index = 0; index < bytes.Length; index++)
                {
                    bool isInside = index >= offset && index < offset + length;
                    byte expected = isInside ? (byte)(original[index] ^ KeyBytes[(index - offset) % 4]) : original[index];
                    if (expected != bytes[index]) Assert.Fail($"offset {offset}, length {length}, index {index}");
                }
                Assert.Equal(KeyBytes[length % 4], (byte)next);
            }
        }
    }

    [Fact]
    public void Pieces_with_the_returned_key_equal_the_whole()
    {
        byte[] whole = Wire.Pattern(200);
        Masking.Apply(whole, Key);
        for (int first = 0; first <= 200; first++)
        {
            for (int second = first; second <= 200; second += 3)
            {
                byte[] pieces = Wire.Pattern(200);
                uint key = Masking.Apply(pieces.AsSpan(0, first), Key);
                key = Masking.Apply(pieces.AsSpan(first, second - first), key);
                Masking.Apply(pieces.AsSpan(second), key);
                Assert.True(whole.AsSpan().SequenceEqual(pieces));
            }
        }
    }

    [Fact]
    public void A_key_of_zero_changes_nothing()
    {
        byte[] bytes = Wire.Pattern(77);
        Assert.Equal(0u, Masking.Apply(bytes, 0));
        Assert.Equal(Wire.Pattern(77), bytes);
    }
}
