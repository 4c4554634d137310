using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;
using FastChat.Codec.Messages;
using FastChat.Codec.Tests.MessagePack;

namespace FastChat.Codec.Tests.Messages;

/// <summary>Clients' messages in MessagePack. What the vectors cover is not repeated here.</summary>
public sealed class ClientMessageReaderTests
{
    [Fact]
    public void Messages_follow_one_another()
    {
        byte[] bytes = [.. Hex.Parse("91 07"), .. Hex.Parse("94 03 c0 c0 a2 68 69"), .. Hex.Parse("91 02")];
        List<string> seen = [];
        ReadOnlySpan<byte> unread = bytes;
        while (!unread.IsEmpty)
        {
            Assert.Equal(ErrorCode.None, ClientMessageReader.ReadMessagePack(unread, out ClientMessage message, out int consumedBytes, out _));
            seen.Add(Commands.Describe(message));
            unread = unread[consumedBytes..];
        }
        Assert.Equal(["Ping", "Msg text=hi", "Leave"], seen);
    }

    [Theory]
    [InlineData("91 10", 16)] // ack, which only the gateway sends
    [InlineData("93 63 01 81 01 02", 99)]
    [InlineData("91 cc ff", 255)]
    [InlineData("91 cd 03 e8", 255)] // 1000
    [InlineData("91 00", 0)]
    public void A_type_that_a_client_does_not_send_is_no_error(string hex, int type)
    {
        byte[] bytes = Hex.Parse(hex);
        Assert.Equal(ErrorCode.None, ClientMessageReader.ReadMessagePack(bytes, out ClientMessage message, out int consumedBytes, out string fault));
        Assert.Equal(type, (int)message.Type);
        Assert.Equal(bytes.Length, consumedBytes);
        Assert.Empty(fault);
    }

    [Theory]
    [InlineData("98 07 01 02 03 04 05 06 07", "Ping")]
    [InlineData("95 02 a1 69 a1 72 c4 01 ff 81 c0 c0", "Leave id=i room=r")]
    [InlineData("98 03 c0 c0 a1 74 c0 c0 01 93 01 02 03", "Msg text=t ephemeral")]
    [InlineData("97 03 c0 c0 a1 74 c0 c0 cc fe", "Msg text=t excludeSelf")] // unknown flags
    [InlineData("97 01 c0 c0 c0 c0 c0 93 a1 65 05 c3", "Join since=e/5")]
    [InlineData("98 01 c0 c0 c0 c0 c0 c0 cf 00 1f ff ff ff ff ff ff", "Join limit=2147483647")]
    [InlineData("dc 00 04 cc 03 c0 da 00 00 d9 01 78", "Msg text=x")] // none in its shortest format
    public void What_a_version_does_not_know_is_skipped(string hex, string expected)
    {
        byte[] bytes = Hex.Parse(hex);
        Assert.Equal(ErrorCode.None, ClientMessageReader.ReadMessagePack(bytes, out ClientMessage message, out int consumedBytes, out _));
        Assert.Equal(expected, Commands.Describe(message));
        Assert.Equal(bytes.Length, consumedBytes);
    }

    [Theory]
    [InlineData("90", "type:")]
    [InlineData("91 c0", "type:")]
    [InlineData("91 a3 6d 73 67", "type:")]
    [InlineData("91 ff", "type:")]
    [InlineData("94 03 05 c0 a1 74", "id: expected a string of 1 to 64 bytes")]
    [InlineData("94 03 a0 c0 a1 74", "id:")]
    [InlineData("94 03 c0 05 a1 74", "room: expected a string of at most 64 bytes")]
    [InlineData("94 03 c0 c0 05", "text: expected a string, not empty unless there is data")]
    [InlineData("94 03 c0 c0 92 01 02", "text:")]
    [InlineData("94 03 c0 c0 a0", "text:")]
    [InlineData("91 03", "text:")]
    [InlineData("96 03 c0 c0 a1 74 c0 05", "kind: expected a string of at most 64 bytes")]
    [InlineData("97 03 c0 c0 a1 74 c0 c0 c3", "flags: expected an integer from 0 to 9007199254740991")]
    [InlineData("97 03 c0 c0 a1 74 c0 c0 ff", "flags:")]
    [InlineData("94 01 c0 c0 05", "user: expected a string")]
    [InlineData("95 01 c0 c0 c0 c3", "key: expected a string of at most 8192 bytes")]
    [InlineData("96 01 c0 c0 c0 c0 c4 01 00", "token:")]
    [InlineData("97 01 c0 c0 c0 c0 c0 05", "since: expected an epoch of 1 to 32 bytes and an offset from 0 to 9007199254740991")]
    [InlineData("97 01 c0 c0 c0 c0 c0 90", "since:")]
    [InlineData("97 01 c0 c0 c0 c0 c0 91 a1 65", "since:")]
    [InlineData("97 01 c0 c0 c0 c0 c0 92 a0 05", "since:")]
    [InlineData("97 01 c0 c0 c0 c0 c0 92 a1 65 ff", "since:")]
    [InlineData("97 01 c0 c0 c0 c0 c0 92 a1 65 cf 00 20 00 00 00 00 00 00", "since:")]
    [InlineData("97 01 c0 c0 c0 c0 c0 92 05 05", "since:")]
    [InlineData("98 01 c0 c0 c0 c0 c0 c0 ff", "limit:")]
    [InlineData("98 01 c0 c0 c0 c0 c0 c0 cb 40 00 00 00 00 00 00 00", "limit:")]
    [InlineData("93 04 c0 01", "on: expected true or false")]
    [InlineData("94 05 c0 c0 05", "cursor:")]
    [InlineData("94 06 c0 c0 a1 35", "before:")]
    [InlineData("95 06 c0 c0 05 a1 35", "limit:")]
    public void A_field_of_the_wrong_kind_is_named_and_the_next_message_still_read(string hex, string expected)
    {
        byte[] bytes = Hex.Parse(hex);
        Assert.Equal(ErrorCode.InvalidField, ClientMessageReader.ReadMessagePack([.. bytes, 0x91, 0x07], out _, out int consumedBytes, out string fault));
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.Equal(bytes.Length, consumedBytes);
    }

    [Theory]
    [InlineData("94 03 a1 69 a1 72 05", "Msg id=i room=r")]
    [InlineData("94 03 05 a1 72 05", "Msg room=r")]
    [InlineData("94 03 a1 69 05 a1 74", "Msg id=i text=t")]
    public void A_refused_message_still_tells_id_and_room(string hex, string expected)
    {
        Assert.Equal(ErrorCode.InvalidField, ClientMessageReader.ReadMessagePack(Hex.Parse(hex), out ClientMessage message, out _, out _));
        Assert.Equal(expected, Commands.Describe(message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c0")]
    [InlineData("a3 6d 73 67")]
    [InlineData("80")]
    [InlineData("c1")]
    [InlineData("91 c1")]
    [InlineData("92 07 c1")] // where nothing is expected
    [InlineData("94 03 c0 c0 a1 ff")]
    [InlineData("95 03 c0 c0 c0 c1")]
    [InlineData("95 03 c0 c0 c0 a1 ff")] // no UTF-8 within data
    [InlineData("95 03 c0 c0 a1 74 df ff ff ff ff")]
    [InlineData("dd ff ff ff ff 03")]
    [InlineData("97 01 c0 c0 c0 c0 c0 92 a1 ff 05")]
    public void Bytes_that_are_no_message_end_the_frame(string hex)
    {
        byte[] bytes = Hex.Parse(hex);
        Assert.Equal(ErrorCode.InvalidMessage, ClientMessageReader.ReadMessagePack(bytes, out _, out int consumedBytes, out string fault));
        Assert.Equal(bytes.Length, consumedBytes);
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData("id", MessageLimits.IdBytesMax)]
    [InlineData("room", MessageLimits.RoomBytesMax)]
    [InlineData("kind", MessageLimits.KindBytesMax)]
    [InlineData("key", MessageLimits.TokenBytesMax)]
    [InlineData("token", MessageLimits.TokenBytesMax)]
    [InlineData("cursor", MessageLimits.TokenBytesMax)]
    [InlineData("since", MessageLimits.EpochBytesMax)]
    public void Text_is_taken_to_its_limit_and_not_beyond_in_both_encodings(string field, int bytesMax)
    {
        foreach (int length in (int[])[bytesMax, bytesMax + 1])
        {
            byte[] text = Encoding.ASCII.GetBytes(new string('x', length));
            ClientMessage message = new() { Limit = -1, On = true, Type = MessageType.Join };
            string type = "join";
            string member = $"\"{field}\":\"{Encoding.ASCII.GetString(text)}\"";
            switch (field)
            {
                case "id": message.Id = text; break;
                case "room": message.Room = text; break;
                case "key": message.Key = text; break;
                case "token": message.Token = text; break;
                case "kind":
                    (type, message.Type) = ("msg", MessageType.Msg);
                    message.Kind = text;
                    message.Text = "t"u8;
                    member += ",\"text\":\"t\"";
                    break;
                case "cursor":
                    (type, message.Type) = ("presence", MessageType.Presence);
                    message.Cursor = text;
                    break;
                case "since":
                    (message.HasSince, message.SinceOffset) = (true, 1);
                    message.SinceEpoch = text;
                    member = $"\"since\":{{\"epoch\":\"{Encoding.ASCII.GetString(text)}\",\"offset\":1}}";
                    break;
            }
            ErrorCode expected = length == bytesMax ? ErrorCode.None : ErrorCode.InvalidField;
            using ByteWriter output = new();
            ClientMessageWriter.Write(output, message);
            Assert.Equal(expected, ClientMessageReader.ReadMessagePack(output.WrittenSpan, out ClientMessage read, out _, out string fault));
            Assert.StartsWith(expected == ErrorCode.None ? "" : field + ":", fault, StringComparison.Ordinal);
            if (expected == ErrorCode.None) Assert.Equal(Commands.Describe(message), Commands.Describe(read));

            using ByteWriter scratch = new();
            byte[] json = Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"payload\":{{{member}}}}}");
            Assert.Equal(expected, ClientMessageReader.ReadJson(json, scratch, out read, out fault));
            Assert.StartsWith(expected == ErrorCode.None ? "" : $"payload.{field}:", fault, StringComparison.Ordinal);
            if (expected == ErrorCode.None) Assert.Equal(Commands.Describe(message), Commands.Describe(read));
        }
    }

    [Fact]
    public void Data_is_taken_to_the_depth_limit_and_not_beyond_in_both_encodings()
    {
        using ByteWriter scratch = new();
        foreach (int depth in (int[])[MessageLimits.DepthMax - 1, MessageLimits.DepthMax, 10_000])
        {
            ErrorCode expected = depth < MessageLimits.DepthMax ? ErrorCode.None : ErrorCode.InvalidMessage;
            byte[] bytes = [0x95, 0x03, 0xc0, 0xc0, 0xc0, .. Enumerable.Repeat((byte)0x91, depth - 1), 0x90];
            Assert.Equal(expected, ClientMessageReader.ReadMessagePack(bytes, out ClientMessage message, out _, out _));
            byte[] json = Encoding.UTF8.GetBytes($"{{\"type\":\"msg\",\"payload\":{{\"data\":{new string('[', depth)}{new string(']', depth)}}}}}");
            Assert.Equal(expected, ClientMessageReader.ReadJson(json, scratch, out ClientMessage fromJson, out _));
            if (expected == ErrorCode.None) Assert.Equal(Commands.Describe(message), Commands.Describe(fromJson));
        }
    }

    [Fact]
    public void A_client_cannot_write_what_only_the_gateway_sends()
    {
        using ByteWriter output = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientMessageWriter.Write(output, new ClientMessage { Type = MessageType.Ack }));
    }

    [Fact]
    public void Data_is_passed_on_byte_by_byte()
    {
        using ByteWriter output = new();
        byte[] data = Hex.Parse("92 cd 00 05 d9 01 61"); // neither in its shortest format
        ClientMessageWriter.Write(output, new ClientMessage { Type = MessageType.Msg, Data = data });
        Assert.Equal(ErrorCode.None, ClientMessageReader.ReadMessagePack(output.WrittenSpan, out ClientMessage message, out _, out _));
        Assert.Equal(Hex.Format(data), Hex.Format(message.Data));
        Assert.True(new MessagePackReader(message.Data).TrySkip(1));
    }
}
