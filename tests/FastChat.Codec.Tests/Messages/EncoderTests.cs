using System.Text.Json;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Codec.Tests.Messages;

public sealed class EncoderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    public void A_history_page_of_any_length_reads_back(int messageCount)
    {
        using ByteWriter output = new();
        WriteHistory(MessagePackEncoder.Instance, output, messageCount);
        Assert.True(ServerMessageReader.TryRead(output.WrittenSpan, out ServerMessage history, out int consumedBytes));
        Assert.Equal(output.Length, consumedBytes);
        Assert.Equal(messageCount, history.MessageCount);
        Assert.True(history.User.SequenceEqual("alice"u8));
        Assert.True(history.Recovered);
        Assert.False(history.More);
        ReadOnlySpan<byte> unread = history.Messages;
        for (int i = 0; i < messageCount; i++)
        {
            Assert.True(ServerMessageReader.TryRead(unread, out ServerMessage message, out consumedBytes));
            Assert.Equal(MessageType.Msg, message.Type);
            Assert.Equal(i + 1, message.Offset);
            Assert.Equal(i % 2 == 0, !message.Id.IsEmpty);
            unread = unread[consumedBytes..];
        }
        Assert.True(unread.IsEmpty);

        output.Clear();
        WriteHistory(JsonEncoder.Instance, output, messageCount);
        using JsonDocument json = JsonDocument.Parse(output.WrittenMemory);
        JsonElement messages = json.RootElement.GetProperty("payload").GetProperty("messages");
        Assert.Equal(messageCount, messages.GetArrayLength());
        Assert.Equal(Enumerable.Range(1, messageCount), messages.EnumerateArray().Select(message => message.GetProperty("offset").GetInt32()));
    }

    [Fact]
    public void A_presence_page_reads_back()
    {
        using ByteWriter output = new();
        PresenceHead head = new() { Room = "r"u8, Version = 5, Count = 40, HasUsers = true, UserCount = 20, Next = "next"u8 };
        MessagePackEncoder.Instance.BeginPresence(output, head);
        for (int i = 0; i < 20; i++) MessagePackEncoder.Instance.WritePresenceUser(output, i, [(byte)('a' + i)]);
        MessagePackEncoder.Instance.EndPresence(output, head);
        Assert.True(ServerMessageReader.TryRead(output.WrittenSpan, out ServerMessage presence, out _));
        Assert.Equal((5, 40, 20), (presence.Version, presence.Count, presence.UserCount));
        Assert.True(presence.Next.SequenceEqual("next"u8));
        ReadOnlySpan<byte> users = presence.Users;
        for (int i = 0; i < 20; i++)
        {
            Assert.True(ServerMessageReader.TryReadUser(ref users, out ReadOnlySpan<byte> user));
            Assert.Equal('a' + i, user[0]);
        }
        Assert.False(ServerMessageReader.TryReadUser(ref users, out _));
    }

    [Theory]
    [InlineData("94 10 05 a1 72 a1 65")] // ack whose id is a number
    [InlineData("99 06 c0 a1 72 a1 65 01 c2 c2 c0 91 c0")] // history with a message that is none
    [InlineData("99 06 c0 a1 72 a1 65 01 c2 c2 c0 05")]
    [InlineData("96 05 c0 a1 72 01 01 91 05")] // presence with a user that is no string
    [InlineData("91 c0")]
    [InlineData("c0")]
    [InlineData("")]
    public void What_the_gateway_never_sends_is_refused(string hex)
    {
        byte[] bytes = MessagePack.Hex.Parse(hex);
        Assert.False(ServerMessageReader.TryRead(bytes, out _, out int consumedBytes));
        Assert.Equal(bytes.Length, consumedBytes);
    }

    [Theory]
    [InlineData("92 63 01")]
    [InlineData("94 08 05 06 07")]
    [InlineData("93 11 a5 61 5f 6e 65 77 c0")]
    [InlineData("95 14 cd 10 92 a3 6e 65 77 c3 00")]
    public void What_a_newer_gateway_may_send_is_no_error(string hex) =>
        Assert.True(ServerMessageReader.TryRead(MessagePack.Hex.Parse(hex), out _, out _));

    [Fact]
    public void Data_as_deep_as_a_client_may_send_it_reaches_the_history_of_another()
    {
        byte[] data = [.. Enumerable.Repeat((byte)0x91, MessageLimits.DepthMax - 2), 0x90];
        Publication publication = new() { Room = "r"u8, Epoch = "e"u8, Offset = 1, User = "u"u8, Data = data };
        HistoryHead head = new() { Room = "r"u8, Epoch = "e"u8, MessageCount = 1 };
        using ByteWriter output = new();
        MessagePackEncoder.Instance.BeginHistory(output, head);
        MessagePackEncoder.Instance.WriteHistoryEntry(output, 0, publication, withId: false);
        Assert.True(ServerMessageReader.TryRead(output.WrittenSpan, out ServerMessage history, out _));
        Assert.True(ServerMessageReader.TryRead(history.Messages, out ServerMessage message, out _));
        Assert.True(message.Data.SequenceEqual(data));
        output.Clear();
        JsonEncoder.Instance.WriteMsg(output, publication, withId: false);
        using JsonDocument json = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("payload").GetProperty("data").ValueKind);
    }

    [Fact]
    public void Encoding_and_decoding_a_chat_message_allocates_nothing()
    {
        byte[] json = "{\"type\":\"msg\",\"payload\":{\"room\":\"general\",\"id\":\"m1\",\"text\":\"Hello \\u00fc \\\"all\\\"\",\"data\":{\"a\":[1,2.5]}}}"u8.ToArray();
        using ByteWriter scratch = new(4096);
        using ByteWriter output = new(4096);
        using ByteWriter frames = new(4096);
        RoundTrip();
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = RoundTrip();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);

        bool RoundTrip()
        {
            output.Clear();
            if (ClientMessageReader.ReadJson(json, scratch, out ClientMessage message, out _) != ErrorCode.None) return false;
            ClientMessageWriter.Write(output, message);
            if (ClientMessageReader.ReadMessagePack(output.WrittenSpan, out message, out _, out _) != ErrorCode.None) return false;
            Publication publication = new()
            {
                Room = message.Room, Epoch = "e1"u8, Offset = 5, TimestampMs = 1_700_000_000_000, User = "alice"u8, Text = message.Text, Data = message.Data, Id = message.Id,
            };
            frames.Clear();
            foreach (WireForm form in (ReadOnlySpan<WireForm>)[WireForm.JsonWebSocket, WireForm.MessagePackTcp, WireForm.MessagePackWebSocket])
            {
                IMessageEncoder encoder = form == WireForm.JsonWebSocket ? JsonEncoder.Instance : MessagePackEncoder.Instance;
                int start = FrameWriter.Begin(frames, form);
                encoder.WriteMsg(frames, publication, withId: true);
                encoder.WriteAck(frames, message.Id, message.Room, "e1"u8, 5);
                encoder.WriteError(frames, new ErrorAnswer { Code = ErrorCode.RateLimited, Message = "slow"u8, Id = message.Id, RetryAfterMs = 5 });
                encoder.WriteClose(frames, CloseReason.Draining, 5);
                FrameWriter.End(frames, form, start);
            }
            frames.Clear();
            MessagePackEncoder.Instance.WriteMsg(frames, publication, withId: true);
            return ServerMessageReader.TryRead(frames.WrittenSpan, out ServerMessage delivered, out _) && delivered.Text.SequenceEqual("Hello ü \"all\""u8);
        }
    }

    private static void WriteHistory(IMessageEncoder encoder, ByteWriter output, int messageCount)
    {
        HistoryHead head = new() { Room = "r"u8, Epoch = "e"u8, Offset = messageCount, Recovered = true, You = "alice"u8, MessageCount = messageCount };
        encoder.BeginHistory(output, head);
        for (int i = 0; i < messageCount; i++)
        {
            Publication entry = new() { Room = "r"u8, Epoch = "e"u8, Offset = i + 1, TimestampMs = i, User = "bob"u8, Text = "hi"u8, Id = "m"u8 };
            encoder.WriteHistoryEntry(output, i, entry, withId: i % 2 == 0);
        }
        encoder.EndHistory(output, head);
    }
}
