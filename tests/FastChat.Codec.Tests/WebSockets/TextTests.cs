using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>UTF-8 of text messages (what Autobahn's section 6 checks).</summary>
public sealed class TextTests
{
    public static TheoryData<string> ValidTexts => [.. Utf8Samples.Valid];

    public static TheoryData<string> InvalidTexts => [.. Utf8Samples.Invalid];

    [Theory]
    [MemberData(nameof(ValidTexts))]
    public void Valid_text_arrives_whole_and_in_fragments_of_one_byte(string hex)
    {
        byte[] text = Convert.FromHexString(hex);
        Talk.Means([Talk.Message(true, text)], Wire.Frame(Wire.Text, text));
        Talk.Means([Talk.Message(true, text)], SingleByteFragments(text));
    }

    [Theory]
    [MemberData(nameof(InvalidTexts))]
    public void Invalid_text_is_refused_whole_and_in_fragments_of_one_byte(string hex)
    {
        byte[] text = Convert.FromHexString(hex);
        Talk.Means(["fail InvalidUtf8"], Wire.Frame(Wire.Text, text));
        Talk.Means(["fail InvalidUtf8"], SingleByteFragments(text));
    }

    [Fact]
    public void Text_cut_off_within_a_character_is_refused_when_it_ends_in_frames_too()
    {
        Talk.Means("fail InvalidUtf8", Wire.Frame(Wire.Text, [0x61, 0xE2, 0x82], isFinal: false), Wire.Frame(Wire.Continuation, []));
        Talk.Means("text 61E282AC", Wire.Frame(Wire.Text, [0x61, 0xE2, 0x82], isFinal: false), Wire.Frame(Wire.Continuation, [0xAC]));
    }

    [Fact]
    public void A_character_may_be_cut_by_a_ping() =>
        Talk.Means("ping E2 | text E282AC", Wire.Frame(Wire.Text, [0xE2], isFinal: false), Wire.Frame(Wire.Ping, [0xE2]), Wire.Frame(Wire.Continuation, [0x82, 0xAC]));

    [Theory]
    [InlineData("CEBAE1BDB9CF83CEBCCEB5F4", "90", "80806564697465 64")] // above U+10FFFF shows with the second byte
    [InlineData("CEBAE1BDB9CF83CEBCCEB5ED", "A0", "80")] // a surrogate shows with the second byte
    [InlineData("61", "C0", "80")] // an overlong form shows with its first byte
    [InlineData("61", "FF", "")]
    public void Bad_text_fails_with_the_byte_that_shows_it_before_the_frame_or_the_message_ends(string good, string bad, string rest)
    {
        byte[] start = Convert.FromHexString(good), fault = Convert.FromHexString(bad), end = Convert.FromHexString(rest.Replace(" ", "", StringComparison.Ordinal));

        // In one frame whose rest never comes.
        byte[] frame = Wire.Frame(Wire.Text, [.. start, .. fault, .. end]);
        AssertFailsWith(frame, 6 + start.Length);

        // In fragments.
        byte[] first = Wire.Frame(Wire.Text, start, isFinal: false);
        AssertFailsWith(Wire.Join([first, Wire.Frame(Wire.Continuation, [.. fault, .. end], isFinal: false)]), first.Length + 6);
    }

    [Fact]
    public void A_long_text_of_many_scripts_arrives_cut_anywhere()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("plain κόσμε 日本語 🎉🏳️‍🌈 ", 40)));
        Talk.Means([Talk.Message(true, text)], Wire.Frame(Wire.Text, text));
    }

    /// <summary>Feeds byte by byte and expects the failure with the byte at <paramref name="place"/>, and silence before it.</summary>
    private static void AssertFailsWith(byte[] bytes, int place)
    {
        RecordingSink sink = new();
        using WebSocketReceiver receiver = new(expectsMask: true);
        for (int at = 0; at <= place; at++)
        {
            CloseReason reason = receiver.Receive(bytes.AsSpan(at, 1), Talk.Ample, sink, out _);
            Assert.Equal(at < place ? CloseReason.None : CloseReason.InvalidUtf8, reason);
        }
        Assert.Empty(sink.Events);
        Assert.Equal(0, receiver.HeldBytes);
    }

    private static byte[] SingleByteFragments(byte[] text)
    {
        List<byte[]> frames = [Wire.Frame(Wire.Text, [], isFinal: false)];
        foreach (byte value in text) frames.Add(Wire.Frame(Wire.Continuation, [value], isFinal: false));
        frames.Add(Wire.Frame(Wire.Continuation, []));
        return Wire.Join(frames);
    }
}
