using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Client.Messages;

/// <summary>Between the client's own types and the codec's, which borrow bytes. Pure.</summary>
internal static class Wire
{
    private static readonly byte[] PingBytes = Encode(new ClientMessage { Type = MessageType.Ping });
    private static readonly byte[] PongBytes = Encode(new ClientMessage { Type = MessageType.Pong });

    public static ReadOnlySpan<byte> Ping => PingBytes;

    public static ReadOnlySpan<byte> Pong => PongBytes;

    public static byte[] Join(string id, string room, string? user, string? key, string? token, Position? since, int? limit) => Encode(new ClientMessage
    {
        Type = MessageType.Join,
        Id = Utf8(id),
        Room = Utf8(room),
        User = Utf8(user),
        Key = Utf8(key),
        Token = Utf8(token),
        HasSince = since is not null,
        SinceEpoch = Utf8(since?.Epoch),
        SinceOffset = since?.Offset ?? 0,
        Limit = limit ?? -1,
    });

    public static byte[] Leave(string id, string room) => Encode(new ClientMessage { Type = MessageType.Leave, Id = Utf8(id), Room = Utf8(room) });

    public static byte[] Msg(string id, string room, OutgoingMessage message) => Encode(new ClientMessage
    {
        Type = MessageType.Msg,
        Id = Utf8(id),
        Room = Utf8(room),
        Text = Utf8(message.Text),
        Data = message.Data.Span,
        Kind = Utf8(message.Kind),
        Ephemeral = message.Ephemeral,
        ExcludeSelf = message.ExcludeSelf,
    });

    public static byte[] Typing(string room, bool on) => Encode(new ClientMessage { Type = MessageType.Typing, Room = Utf8(room), On = on });

    public static byte[] Presence(string id, string room, string? cursor) =>
        Encode(new ClientMessage { Type = MessageType.Presence, Id = Utf8(id), Room = Utf8(room), Cursor = Utf8(cursor) });

    public static byte[] History(string id, string room, long? before, int? limit) => Encode(new ClientMessage
    {
        Type = MessageType.History,
        Id = Utf8(id),
        Room = Utf8(room),
        Before = before ?? 0,
        Limit = limit ?? -1,
    });

    /// <summary>Reads the first message.</summary>
    /// <param name="unread">What is left of a frame; not empty.</param>
    /// <param name="incoming">Null for a message that is of no use here, of an unknown type above all.</param>
    /// <param name="consumedBytes">Bytes of the message.</param>
    /// <returns>False: the bytes are no message of this protocol.</returns>
    public static bool TryRead(ReadOnlySpan<byte> unread, out Incoming? incoming, out int consumedBytes)
    {
        incoming = null;
        if (!ServerMessageReader.TryRead(unread, out ServerMessage message, out consumedBytes)) return false;
        incoming = message.Type switch
        {
            MessageType.Msg => new Incoming.Msg(ChatMessageOf(message)),
            MessageType.Join or MessageType.Leave => new Incoming.Notice(message.Type, Text(message.Room), Text(message.User), Time(message.TimestampMs)),
            MessageType.Typing => new Incoming.Typing(Text(message.Room), Text(message.User), message.On),
            MessageType.Presence => new Incoming.Presence(Optional(message.Id), PresenceOf(message)),
            MessageType.History => HistoryOf(message),
            MessageType.Ping => new Incoming.Ping(),
            MessageType.Ack => new Incoming.Ack(Text(message.Id), Text(message.Room), PositionOf(message)),
            MessageType.Error => new Incoming.Error(ErrorOf(message)),
            MessageType.Position => new Incoming.PositionOnly(Text(message.Room), new Position(Text(message.Epoch), message.Offset)),
            MessageType.Gap => new Incoming.Gap(Text(message.Room), Text(message.Epoch), message.From, message.To),
            MessageType.Close => new Incoming.Close((int)message.CloseReason, Text(message.CloseName), message.Reconnect, Duration(message.DelayMs)),
            _ => null,
        };
        return true;
    }

    private static Incoming.History HistoryOf(in ServerMessage message)
    {
        // The codec has checked that each entry is an array that takes at least a byte, so the count is no claim.
        List<ChatMessage> messages = new(message.MessageCount);
        ReadOnlySpan<byte> entries = message.Messages;
        while (!entries.IsEmpty && ServerMessageReader.TryRead(entries, out ServerMessage entry, out int entryBytes))
        {
            if (entry.Type == MessageType.Msg) messages.Add(ChatMessageOf(entry));
            entries = entries[entryBytes..];
        }
        return new Incoming.History(
            Optional(message.Id), Text(message.Room), new Position(Text(message.Epoch), message.Offset), message.Recovered, message.More,
            Optional(message.User), Optional(message.Key), messages);
    }

    private static PresencePage PresenceOf(in ServerMessage message)
    {
        List<string>? users = null;
        if (message.HasUsers)
        {
            users = new List<string>(message.UserCount);
            ReadOnlySpan<byte> listed = message.Users;
            while (ServerMessageReader.TryReadUser(ref listed, out ReadOnlySpan<byte> user)) users.Add(Text(user));
        }
        return new PresencePage(Text(message.Room), message.Version, message.Count, users, Optional(message.Next));
    }

    private static FastChatException ErrorOf(in ServerMessage message) => new(Text(message.ErrorName), Text(message.ErrorText))
    {
        Id = Optional(message.Id),
        Room = Optional(message.Room),
        RetryAfter = message.RetryAfterMs > 0 ? Duration(message.RetryAfterMs) : null,
        Suggestion = Optional(message.Suggestion),
    };

    private static ChatMessage ChatMessageOf(in ServerMessage message) => new()
    {
        Room = Text(message.Room),
        User = Text(message.User),
        Position = PositionOf(message),
        Timestamp = Time(message.TimestampMs),
        Text = Optional(message.Text),
        Data = message.Data.ToArray(),
        Kind = message.Kind.IsEmpty ? ChatMessage.DefaultKind : Text(message.Kind),
        Id = Optional(message.Id),
    };

    private static Position? PositionOf(in ServerMessage message) => message.Epoch.IsEmpty ? null : new Position(Text(message.Epoch), message.Offset);

    /// <summary>A time that no calendar has, which the wire can carry, is the last one that a calendar has.</summary>
    private static DateTimeOffset Time(long timestampMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(timestampMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>At most a day: timers take no more than some weeks, and no gateway means as much.</summary>
    private static TimeSpan Duration(long milliseconds) => TimeSpan.FromMilliseconds(Math.Min(milliseconds, 86_400_000));

    private static byte[] Encode(in ClientMessage message)
    {
        using ByteWriter output = new(256);
        ClientMessageWriter.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Empty, which means absent, for null.</summary>
    private static ReadOnlySpan<byte> Utf8(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static string? Optional(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : Text(utf8);
}
