using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Gateway.Tests.Style;

namespace FastChat.Gateway.Tests.Docs;

/// <summary>The session in docs/protocol.md shows each message as JSON and as a TCP frame: both must be what the codec makes of it.</summary>
public sealed class ProtocolSessionTests
{
    private const string FromClient = "→ ", FromGateway = "← ", PrefaceLine = "(preface)";

    public static TheoryData<string, string> Messages => Read();

    [Fact]
    public void It_shows_both_directions()
    {
        Assert.True(Messages.Count(message => message.Data.Item1.StartsWith(FromClient, StringComparison.Ordinal)) > 5);
        Assert.True(Messages.Count(message => message.Data.Item1.StartsWith(FromGateway, StringComparison.Ordinal)) > 5);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Each_line_and_its_bytes_say_the_same(string line, string hex)
    {
        byte[] frame = Convert.FromHexString(hex);
        Assert.Equal(frame.Length - sizeof(uint), BinaryPrimitives.ReadInt32BigEndian(frame));
        ReadOnlySpan<byte> payload = frame.AsSpan(sizeof(uint));
        string text = line[FromClient.Length..];
        if (text == PrefaceLine) Assert.Equal(Convert.ToHexString(TcpPreface.Frame), Convert.ToHexString(frame));
        else if (line.StartsWith(FromClient, StringComparison.Ordinal)) Assert.Equal(Convert.ToHexString(FromJson(text)), Convert.ToHexString(payload));
        else Assert.Equal(text, ToJson(payload));
    }

    private static byte[] FromJson(string json)
    {
        using ByteWriter scratch = new();
        using ByteWriter output = new();
        Assert.Equal(ErrorCode.None, ClientMessageReader.ReadJson(Encoding.UTF8.GetBytes(json), scratch, out ClientMessage message, out string fault));
        Assert.Empty(fault);
        ClientMessageWriter.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    private static string ToJson(ReadOnlySpan<byte> payload)
    {
        using ByteWriter output = new();
        Assert.True(ServerMessageReader.TryRead(payload, out ServerMessage message, out int consumedBytes));
        Assert.Equal(payload.Length, consumedBytes);
        JsonEncoder json = JsonEncoder.Instance;
        switch (message.Type)
        {
            case MessageType.Msg: json.WriteMsg(output, PublicationOf(message), withId: true); break;
            case MessageType.Join or MessageType.Leave: json.WriteNotice(output, message.Type, message.Room, message.User, message.TimestampMs); break;
            case MessageType.Typing: json.WriteTyping(output, message.Room, message.User, message.On); break;
            case MessageType.Ack: json.WriteAck(output, message.Id, message.Room, message.Epoch, message.Offset); break;
            case MessageType.Pong: json.WritePong(output, message.TimestampMs); break;
            case MessageType.History: WriteHistory(output, message); break;
            default: throw new UnreachableException($"Teach this test {message.Type}.");
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void WriteHistory(ByteWriter output, in ServerMessage message)
    {
        HistoryHead head = new()
        {
            Id = message.Id, Room = message.Room, Epoch = message.Epoch, Offset = message.Offset, Recovered = message.Recovered, More = message.More,
            You = message.User, Key = message.Key, MessageCount = message.MessageCount,
        };
        JsonEncoder.Instance.BeginHistory(output, head);
        ReadOnlySpan<byte> entries = message.Messages;
        for (int i = 0; i < message.MessageCount; i++)
        {
            Assert.True(ServerMessageReader.TryRead(entries, out ServerMessage entry, out int consumedBytes));
            JsonEncoder.Instance.WriteHistoryEntry(output, i, PublicationOf(entry), withId: true);
            entries = entries[consumedBytes..];
        }
        JsonEncoder.Instance.EndHistory(output, head);
    }

    private static Publication PublicationOf(in ServerMessage message) => new()
    {
        Room = message.Room, Epoch = message.Epoch, Offset = message.Offset, TimestampMs = message.TimestampMs, User = message.User,
        Text = message.Text, Data = message.Data, Kind = message.Kind, Id = message.Id,
    };

    // A line that begins with an arrow, and the indented lines of hexadecimal below it.
    private static TheoryData<string, string> Read()
    {
        TheoryData<string, string> messages = [];
        string? line = null;
        StringBuilder hex = new();
        foreach (string next in Repository.Read("docs/protocol.md").Split('\n'))
        {
            if (line is not null && next.StartsWith("   ", StringComparison.Ordinal))
            {
                hex.Append(next.Replace(" ", "", StringComparison.Ordinal));
                continue;
            }
            if (line is not null) messages.Add(line, hex.ToString());
            hex.Clear();
            line = next.StartsWith(FromClient, StringComparison.Ordinal) || next.StartsWith(FromGateway, StringComparison.Ordinal) ? next : null;
        }
        return messages;
    }
}
