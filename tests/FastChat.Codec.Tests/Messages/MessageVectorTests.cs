using System.Text;
using System.Text.Json;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tests.MessagePack;

namespace FastChat.Codec.Tests.Messages;

/// <summary>The protocol's own vectors, <c>vectors.json</c>: every message, byte by byte, in both encodings.</summary>
public sealed class MessageVectorTests
{
    private delegate void Write(IMessageEncoder encoder, ByteWriter output);

    private const long Timestamp = 1_700_000_000_123;

    /// <summary>How the gateway comes to write each vector.</summary>
    private static readonly Dictionary<string, Write> Writes = new()
    {
        ["msg"] = (encoder, output) => encoder.WriteMsg(output, Chat("lobby"u8, 1, "alice"u8, "hi"u8), withId: true),
        ["msg to its author"] = (encoder, output) => encoder.WriteMsg(output, Greeting(), withId: true),
        ["msg of data"] = (encoder, output) => encoder.WriteMsg(output, Move(), withId: false),
        ["msg on the ephemeral lane"] = (encoder, output) => encoder.WriteMsg(
            output,
            new Publication { Room = "general"u8, TimestampMs = Timestamp, User = "bob"u8, Text = "pointer at 3,4"u8, Kind = "pointer"u8 },
            withId: false),
        ["msg of text that JSON escapes"] = (encoder, output) => encoder.WriteMsg(output, Quoted(), withId: false),
        ["typing"] = (encoder, output) => encoder.WriteTyping(output, "general"u8, "alice"u8, on: true),
        ["typing ended"] = (encoder, output) => encoder.WriteTyping(output, "general"u8, "alice"u8, on: false),
        ["presence"] = (encoder, output) => Presence(
            encoder, output, new PresenceHead { Id = "p1"u8, Room = "general"u8, Version = 7, Count = 2, HasUsers = true, UserCount = 2 }),
        ["presence with more to come"] = (encoder, output) => Presence(
            encoder, output,
            new PresenceHead { Id = "p2"u8, Room = "general"u8, Version = 8, Count = 300, HasUsers = true, UserCount = 1, Next = "cursor-1"u8 }),
        ["presence, the count alone"] = (encoder, output) => Presence(
            encoder, output, new PresenceHead { Room = "general"u8, Version = 9, Count = 300 }),
        ["history, the answer to a guest's first join"] = (encoder, output) =>
        {
            HistoryHead head = new() { Room = "lobby"u8, Epoch = "e1"u8, Offset = 1, You = "alice"u8, Key = "guest-key"u8, MessageCount = 1 };
            encoder.BeginHistory(output, head);
            encoder.WriteHistoryEntry(output, 0, Chat("lobby"u8, 1, "alice"u8, "hi"u8), withId: false);
            encoder.EndHistory(output, head);
        },
        ["history, the answer to a resuming join"] = (encoder, output) =>
        {
            HistoryHead head = new()
            {
                Id = "j1"u8, Room = "general"u8, Epoch = "e1"u8, Offset = 5, Recovered = true, More = true, You = "Zoë"u8, MessageCount = 2,
            };
            encoder.BeginHistory(output, head);
            encoder.WriteHistoryEntry(output, 0, Move(), withId: false);
            encoder.WriteHistoryEntry(output, 1, Quoted(), withId: false);
            encoder.EndHistory(output, head);
        },
        ["history, a page without messages"] = (encoder, output) =>
        {
            HistoryHead head = new() { Id = "h1"u8, Room = "general"u8, Epoch = "e1"u8 };
            encoder.BeginHistory(output, head);
            encoder.EndHistory(output, head);
        },
        ["ping"] = (encoder, output) => encoder.WritePing(output),
        ["pong"] = (encoder, output) => encoder.WritePong(output, Timestamp),
        ["join notice"] = (encoder, output) => encoder.WriteNotice(output, MessageType.Join, "lobby"u8, "alice"u8, Timestamp),
        ["leave notice"] = (encoder, output) => encoder.WriteNotice(output, MessageType.Leave, "lobby"u8, "alice"u8, Timestamp),
        ["ack on the ephemeral lane"] = (encoder, output) => encoder.WriteAck(output, "m1"u8, "general"u8, default, 0),
        ["ack"] = (encoder, output) => encoder.WriteAck(output, "m1"u8, "general"u8, "e1"u8, 42),
        ["error without id"] = (encoder, output) => encoder.WriteError(
            output, new ErrorAnswer { Code = ErrorCode.InvalidMessage, Message = "expected one JSON object"u8 }),
        ["error in answer to an id"] = (encoder, output) => encoder.WriteError(
            output, new ErrorAnswer { Code = ErrorCode.NotJoined, Message = "not in that room"u8, Id = "m1"u8, Room = "general"u8 }),
        ["error with a time to wait"] = (encoder, output) => encoder.WriteError(
            output, new ErrorAnswer { Code = ErrorCode.RateLimited, Message = "too fast"u8, Id = "m1"u8, RetryAfterMs = 1500 }),
        ["error with a suggestion"] = (encoder, output) => encoder.WriteError(
            output,
            new ErrorAnswer { Code = ErrorCode.NameTaken, Message = "the name is held"u8, Id = "j1"u8, Room = "lobby"u8, Suggestion = "alice2"u8 }),
        ["position"] = (encoder, output) => encoder.WritePosition(output, "general"u8, "e1"u8, 42),
        ["gap"] = (encoder, output) => encoder.WriteGap(output, "general"u8, "e1"u8, 5, 41),
        ["close, come back"] = (encoder, output) => encoder.WriteClose(output, CloseReason.Draining, 2500),
        ["close, do not come back"] = (encoder, output) => encoder.WriteClose(output, CloseReason.BadMessage, 0),
    };

    public static TheoryData<string> ClientMessages => [.. Load("client").Select(vector => vector.Name)];

    public static TheoryData<string> GatewayMessages => [.. Load("gateway").Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(ClientMessages))]
    public void A_clients_message_reads_the_same_from_both_encodings(string name)
    {
        Vector vector = Load("client").Single(vector => vector.Name == name);
        using ByteWriter scratch = new();
        Assert.Equal(ErrorCode.None, ClientMessageReader.ReadJson(vector.Json, scratch, out ClientMessage fromJson, out string jsonFault));
        Assert.Equal(ErrorCode.None, ClientMessageReader.ReadMessagePack(vector.MessagePack, out ClientMessage fromMessagePack, out int consumedBytes, out string fault));
        Assert.Equal("", jsonFault + fault);
        Assert.Equal(vector.MessagePack.Length, consumedBytes);
        Assert.Equal(Commands.Describe(fromMessagePack), Commands.Describe(fromJson));
        Assert.StartsWith(name.Split(' ', ',')[0], Commands.Describe(fromJson), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(ClientMessages))]
    public void A_clients_message_is_written_as_its_vector(string name)
    {
        Vector vector = Load("client").Single(vector => vector.Name == name);
        using ByteWriter output = new();
        ClientMessageReader.ReadMessagePack(vector.MessagePack, out ClientMessage message, out _, out _);
        ClientMessageWriter.Write(output, message);
        Assert.Equal(Hex.Format(vector.MessagePack), Hex.Format(output.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(ClientMessages))]
    public void A_clients_message_cut_anywhere_is_invalid(string name)
    {
        Vector vector = Load("client").Single(vector => vector.Name == name);
        using ByteWriter scratch = new();
        for (int length = 0; length < vector.MessagePack.Length; length++)
        {
            ReadOnlySpan<byte> cut = vector.MessagePack.AsSpan(0, length);
            Assert.Equal(ErrorCode.InvalidMessage, ClientMessageReader.ReadMessagePack(cut, out _, out int consumedBytes, out string fault));
            Assert.Equal(length, consumedBytes);
            Assert.NotEmpty(fault);
        }
        for (int length = 0; length < vector.Json.Length; length++)
            Assert.Equal(ErrorCode.InvalidMessage, ClientMessageReader.ReadJson(vector.Json.AsSpan(0, length), scratch, out _, out _));
    }

    [Theory]
    [MemberData(nameof(GatewayMessages))]
    public void The_gateways_message_is_written_as_its_vector(string name)
    {
        Vector vector = Load("gateway").Single(vector => vector.Name == name);
        using ByteWriter output = new();
        Writes[name](JsonEncoder.Instance, output);
        Assert.Equal(Encoding.UTF8.GetString(vector.Json), Encoding.UTF8.GetString(output.WrittenSpan));
        output.Clear();
        Writes[name](MessagePackEncoder.Instance, output);
        Assert.Equal(Hex.Format(vector.MessagePack), Hex.Format(output.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(GatewayMessages))]
    public void The_gateways_message_reads_back_whole_and_not_when_cut(string name)
    {
        Vector vector = Load("gateway").Single(vector => vector.Name == name);
        Assert.True(ServerMessageReader.TryRead(vector.MessagePack, out ServerMessage message, out int consumedBytes));
        Assert.Equal(vector.MessagePack.Length, consumedBytes);
        using JsonDocument json = JsonDocument.Parse(vector.Json);
        Assert.Equal(json.RootElement.GetProperty("type").GetString(), message.Type.ToString(), ignoreCase: true);
        for (int length = 0; length < vector.MessagePack.Length; length++)
        {
            Assert.False(ServerMessageReader.TryRead(vector.MessagePack.AsSpan(0, length), out _, out consumedBytes));
            Assert.Equal(length, consumedBytes);
        }
    }

    [Fact]
    public void Every_message_of_the_gateway_has_a_vector() =>
        Assert.Equal(Writes.Keys.Order(), Load("gateway").Select(vector => vector.Name).Order());

    [Fact]
    public void Every_type_has_a_vector()
    {
        IEnumerable<MessageType> seen = Load("client").Concat(Load("gateway")).Select(vector => (MessageType)vector.MessagePack[1]);
        Assert.Equal(Enum.GetValues<MessageType>().Where(type => type != MessageType.None), seen.Distinct().Order());
    }

    private static Publication Chat(ReadOnlySpan<byte> room, long offset, ReadOnlySpan<byte> user, ReadOnlySpan<byte> text) =>
        new() { Room = room, Epoch = "e1"u8, Offset = offset, TimestampMs = Timestamp, User = user, Text = text };

    private static Publication Greeting() => new()
    {
        Room = "general"u8, Epoch = "e1"u8, Offset = MessageLimits.SafeIntegerMax, TimestampMs = Timestamp, User = "Zoë"u8, Text = "Grüße 👋"u8, Id = "m1"u8,
    };

    private static Publication Move() => new()
    {
        Room = "general"u8, Epoch = "e1"u8, Offset = 3, TimestampMs = Timestamp, User = "bob"u8, Kind = "move"u8, Id = "not told"u8,
        Data = [0x82, 0xa1, (byte)'x', 0x01, 0xa1, (byte)'y', 0x93, 0xc3, 0xc0, 0xcb, 0xc0, 0x04, 0, 0, 0, 0, 0, 0],
    };

    private static Publication Quoted() => Chat("general"u8, 5, "bob"u8, "a \"quoted\" \\ line\nand\ttab\u0001"u8);

    private static void Presence(IMessageEncoder encoder, ByteWriter output, in PresenceHead head)
    {
        encoder.BeginPresence(output, head);
        for (int i = 0; i < head.UserCount; i++) encoder.WritePresenceUser(output, i, i == 0 ? "alice"u8 : "bob"u8);
        encoder.EndPresence(output, head);
    }

    private static List<Vector> Load(string sender)
    {
        using Stream stream = typeof(MessageVectorTests).Assembly.GetManifestResourceStream("vectors.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return
        [
            .. document.RootElement.GetProperty(sender).EnumerateArray().Select(item => new Vector(
                item.GetProperty("name").GetString()!,
                Encoding.UTF8.GetBytes(item.GetProperty("json").GetRawText()),
                Hex.Parse(item.GetProperty("msgpack").GetString()!))),
        ];
    }

    private sealed record Vector(string Name, byte[] Json, byte[] MessagePack);
}
