using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

public sealed class CloseFrameTests
{
    [Fact]
    public void Every_code_is_judged_by_the_registry()
    {
        for (int code = 0; code <= ushort.MaxValue; code++)
        {
            bool isDefined = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014;
            bool isRegisteredOrPrivate = code is >= 3000 and <= 4999;
            Assert.Equal(isDefined || isRegisteredOrPrivate, CloseFrame.IsValidCode((ushort)code));
        }
    }

    [Fact]
    public void A_code_and_a_reason_are_written_plain_by_a_server_and_masked_by_a_client()
    {
        using ByteWriter output = new();
        CloseFrame.Write(output, 4000, "later"u8);
        Assert.Equal("88070FA06C61746572", Convert.ToHexString(output.WrittenSpan));

        output.Clear();
        CloseFrame.Write(output, 4000, "later"u8, 0x3D21FA37);
        Talk.Means("close 4000 later", output.WrittenSpan.ToArray());
    }

    [Fact]
    public void No_code_is_an_empty_frame()
    {
        using ByteWriter output = new();
        CloseFrame.Write(output, CloseFrame.NoCode, "not sent"u8);
        Assert.Equal("8800", Convert.ToHexString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("x", 123)]
    [InlineData("é", 122)]
    [InlineData("€", 123)]
    [InlineData("🎉", 120)]
    public void A_long_reason_is_cut_before_the_character_that_does_not_fit(string character, int expectedBytes)
    {
        byte[] reason = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, 200)));
        using ByteWriter output = new();
        CloseFrame.Write(output, 1000, reason);
        Assert.Equal(2 + 2 + expectedBytes, output.Length);
        CloseReason verdict = CloseFrame.Read(output.WrittenSpan[2..], out ushort code, out ReadOnlySpan<byte> read);
        Assert.Equal((CloseReason.None, (ushort)1000), (verdict, code));
        Assert.Equal(reason.AsSpan(0, expectedBytes), read);
    }

    [Fact]
    public void A_reason_of_continuation_bytes_alone_is_cut_to_nothing_and_never_throws()
    {
        using ByteWriter output = new();
        byte[] reason = new byte[500];
        Array.Fill(reason, (byte)0x80);
        CloseFrame.Write(output, 1000, reason);
        Assert.Equal("880203E8", Convert.ToHexString(output.WrittenSpan));
    }

    [Fact]
    public void Pings_and_pongs_are_written_after_what_is_there()
    {
        using ByteWriter output = new();
        output.Write("ab"u8);
        ControlFrame.WritePing(output, "hi"u8);
        ControlFrame.WritePong(output, []);
        Assert.Equal("6162" + "89026869" + "8A00", Convert.ToHexString(output.WrittenSpan));

        output.Clear();
        ControlFrame.WritePing(output, Wire.Pattern(125), 0x01020304);
        Talk.Means("ping " + RecordingSink.Show(Wire.Pattern(125)), output.WrittenSpan.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => ControlFrame.WritePong(output, new byte[126]));
    }
}
