using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Messages of every size, pings and pongs (what Autobahn's sections 1 and 2 check).</summary>
public sealed class MessageTests
{
    public static TheoryData<int> Sizes => [0, 1, 125, 126, 127, 128, 65535, 65536, 100_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_text_of_any_size_arrives_however_it_is_cut(int payloadBytes)
    {
        byte[] payload = Wire.Letters(payloadBytes);
        Talk.Means([Talk.Message(true, payload)], Wire.Frame(Wire.Text, payload));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_binary_message_of_any_size_arrives_however_it_is_cut(int payloadBytes)
    {
        byte[] payload = Wire.Pattern(payloadBytes);
        Talk.Means([Talk.Message(false, payload)], Wire.Frame(Wire.Binary, payload));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_message_of_any_size_in_fragments_arrives_whole(int payloadBytes)
    {
        byte[] payload = Wire.Pattern(payloadBytes);
        foreach (int fragmentBytes in new[] { 64, 997, 65_536 })
        {
            List<byte[]> frames = [];
            for (int start = 0; start == 0 || start < payloadBytes; start += fragmentBytes)
            {
                int count = Math.Min(fragmentBytes, payloadBytes - start);
                frames.Add(Wire.Frame(start == 0 ? Wire.Binary : Wire.Continuation, payload.AsSpan(start, count), isFinal: start + count == payloadBytes));
            }
            byte[] bytes = Wire.Join(frames);
            Assert.Equal([Talk.Message(false, payload)], Talk.Hear(bytes));
            Assert.Equal([Talk.Message(false, payload)], Talk.Hear(bytes, [.. Enumerable.Range(1, bytes.Length / 13).Select(step => step * 13)]));
        }
    }

    [Fact]
    public void Many_messages_at_once_arrive_in_order() =>
        Talk.Means("text 61 | binary 62 | text  | text 63",
            Wire.Frame(Wire.Text, "a"), Wire.Frame(Wire.Binary, "b"), Wire.Frame(Wire.Text, ""), Wire.Frame(Wire.Text, "c"));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    public void Pings_and_pongs_arrive_with_their_payload(int payloadBytes)
    {
        byte[] payload = Wire.Pattern(payloadBytes);
        Talk.Means([$"ping {RecordingSink.Show(payload)}"], Wire.Frame(Wire.Ping, payload));
        Talk.Means([$"pong {RecordingSink.Show(payload)}"], Wire.Frame(Wire.Pong, payload));
    }

    [Fact]
    public void A_payload_that_is_not_UTF8_is_fine_in_pings_and_binary_messages() =>
        Talk.Means("ping 00FFFEFD | pong C0 | binary 80", Wire.Frame(Wire.Ping, [0x00, 0xFF, 0xFE, 0xFD]), Wire.Frame(Wire.Pong, [0xC0]), Wire.Frame(Wire.Binary, [0x80]));

    [Theory]
    [InlineData(Wire.Close)]
    [InlineData(Wire.Ping)]
    [InlineData(Wire.Pong)]
    public void A_control_frame_of_126_bytes_is_refused(byte opcode) =>
        Talk.Means("text 61 | fail ProtocolError", Wire.Frame(Wire.Text, "a"), Wire.Frame(opcode, Wire.Pattern(126)));

    [Fact]
    public void Ten_pings_at_once_are_ten_pings() =>
        Talk.Means([.. Enumerable.Range(0, 10).Select(index => $"ping {index:X2}")],
            Wire.Join(Enumerable.Range(0, 10).Select(index => Wire.Frame(Wire.Ping, [(byte)index]))));

    [Fact]
    public void A_client_reads_unmasked_frames_and_refuses_masked_ones()
    {
        Talk.Means(["text 48656C6C6F", "ping "], Wire.Join([Wire.Frame(Wire.Text, "Hello", isMasked: false), Wire.Frame(Wire.Ping, "", isMasked: false)]), expectsMask: false);
        Talk.Means(["binary 61", "fail ProtocolError"], Wire.Join([Wire.Frame(Wire.Binary, "a", isMasked: false), Wire.Frame(Wire.Text, "b")]), expectsMask: false);
    }

    [Fact]
    public void A_mask_of_zeros_is_a_mask() => Talk.Means("text 6162", [0x81, 0x82, 0, 0, 0, 0, 0x61, 0x62]);

    [Fact]
    public void A_receiver_is_small() => Assert.InRange(System.Runtime.CompilerServices.Unsafe.SizeOf<WebSocketReceiver>(), 1, 64);
}
