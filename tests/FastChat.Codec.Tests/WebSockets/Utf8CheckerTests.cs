using System.Buffers;
using System.Text;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

public sealed class Utf8CheckerTests
{
    public static TheoryData<string> ValidTexts => [.. Utf8Samples.Valid];

    public static TheoryData<string> InvalidTexts => [.. Utf8Samples.Invalid];

    [Theory]
    [MemberData(nameof(ValidTexts))]
    public void Valid_text_passes_at_every_split(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++)
            {
                Utf8Checker checker = default;
                Assert.True(checker.Append(bytes.AsSpan(0, first)));
                Assert.True(checker.Append(bytes.AsSpan(first, second - first)));
                Assert.True(checker.Append(bytes.AsSpan(second)));
                Assert.True(checker.IsComplete);
            }
        }
    }

    [Theory]
    [MemberData(nameof(InvalidTexts))]
    public void Invalid_text_is_refused_at_every_split(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int first = 0; first <= bytes.Length; first++)
        {
            Utf8Checker checker = default;
            bool isValid = checker.Append(bytes.AsSpan(0, first)) & checker.Append(bytes.AsSpan(first)) & checker.IsComplete;
            Assert.False(isValid);
        }
    }

    [Fact]
    public void Every_sequence_of_three_bytes_is_judged_at_the_first_wrong_byte()
    {
        // All leads and second bytes; of the third, one of each kind that the rules tell apart.
        byte[] thirds = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF];
        byte[] bytes = new byte[3];
        for (int lead = 0; lead < 256; lead++)
        {
            for (int second = 0; second < 256; second++)
            {
                foreach (byte third in thirds)
                {
                    (bytes[0], bytes[1], bytes[2]) = ((byte)lead, (byte)second, third);
                    AssertJudgedLikeRune(bytes);
                }
            }
        }
    }

    [Fact]
    public void A_fault_after_a_long_valid_text_is_found_whole_and_in_pieces()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("κόσμε and ascii 🎉 ", 100)));
        for (int at = 0; at < text.Length; at += 7)
        {
            byte[] broken = [.. text[..at], 0xFF, .. text[at..]];
            Utf8Checker whole = default;
            Assert.False(whole.Append(broken));

            Utf8Checker pieces = default;
            int failedAt = -1;
            for (int start = 0; start < broken.Length && failedAt < 0; start += 5)
            {
                if (!pieces.Append(broken.AsSpan(start, Math.Min(5, broken.Length - start)))) failedAt = start;
            }
            Assert.Equal(at / 5 * 5, failedAt);
        }
    }

    [Fact]
    public void A_failure_lasts_until_reset()
    {
        Utf8Checker checker = default;
        Assert.False(checker.Append([0xFF]));
        Assert.False(checker.Append("abc"u8));
        Assert.False(checker.Append([]));
        Assert.False(checker.IsComplete);
        checker.Reset();
        Assert.True(checker.Append("abc"u8));
        Assert.True(checker.IsComplete);
    }

    private static void AssertJudgedLikeRune(ReadOnlySpan<byte> bytes)
    {
        // The runtime's decoder says of every prefix whether it is whole, may go on, or is broken.
        Utf8Checker byteWise = default;
        for (int length = 1; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> rest = bytes[..length];
            OperationStatus status = OperationStatus.Done;
            while (!rest.IsEmpty && status == OperationStatus.Done)
            {
                status = Rune.DecodeFromUtf8(rest, out _, out int consumed);
                rest = rest[consumed..];
            }
            bool canBegin = status != OperationStatus.InvalidData;

            Utf8Checker atOnce = default;
            if (atOnce.Append(bytes[..length]) != canBegin || byteWise.Append(bytes.Slice(length - 1, 1)) != canBegin)
                Assert.Fail($"{Convert.ToHexString(bytes)} at length {length}");
            if (canBegin && (atOnce.IsComplete != (status == OperationStatus.Done) || byteWise.IsComplete != atOnce.IsComplete))
                Assert.Fail($"{Convert.ToHexString(bytes)} at length {length}: complete");
            if (!canBegin) return;
        }
    }
}
