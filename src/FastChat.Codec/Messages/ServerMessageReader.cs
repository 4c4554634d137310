// Data plane: no allocation after warm-up. See ServerMessageReaderBenchmarks.
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Messages;

/// <summary>Reads the messages that the gateway sends in MessagePack, for clients. Pure; throws nothing for bytes; allocates nothing.</summary>
public static class ServerMessageReader
{
    /// <summary>A history page wraps its messages in two more arrays.</summary>
    private const int DepthMax = MessageLimits.DepthMax + 2;

    /// <summary>Reads the first message of <paramref name="source"/>, an array; more may follow.</summary>
    /// <param name="source">The payload of a frame from where the last message ended, or <see cref="ServerMessage.Messages"/>.</param>
    /// <param name="message">Borrows from <paramref name="source"/>.</param>
    /// <param name="consumedBytes">Bytes of the message; all of <paramref name="source"/> on failure.</param>
    /// <returns>False when the bytes are no message, or an element is of the wrong kind.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out ServerMessage message, out int consumedBytes)
    {
        MessagePackFields fields = new(source, DepthMax);
        message = ReadMessage(ref fields);
        fields.End();
        bool good = !fields.IsBroken && fields.Faulty == ClientField.None;
        consumedBytes = good ? fields.Position : source.Length;
        return good;
    }

    /// <summary>Reads the first of a presence page's users.</summary>
    /// <param name="users">At first <see cref="ServerMessage.Users"/>; moved behind the user read.</param>
    /// <param name="user">Display name.</param>
    /// <returns>False when there is none left.</returns>
    public static bool TryReadUser(ref ReadOnlySpan<byte> users, out ReadOnlySpan<byte> user)
    {
        MessagePackReader reader = new(users);
        if (!reader.TryReadString(out user)) return false;
        users = users[reader.Position..];
        return true;
    }

    private static ServerMessage ReadMessage(scoped ref MessagePackFields fields)
    {
        MessageType type = fields.ReadType();
        return type switch
        {
            MessageType.Msg => ReadMsg(ref fields),
            MessageType.Join or MessageType.Leave => new ServerMessage
            {
                Type = type, Room = Text(ref fields), User = Text(ref fields), TimestampMs = Integer(ref fields),
            },
            MessageType.Typing => new ServerMessage { Type = type, Room = Text(ref fields), User = Text(ref fields), On = Boolean(ref fields) },
            MessageType.Presence => ReadPresence(ref fields),
            MessageType.History => ReadHistory(ref fields),
            MessageType.Pong => new ServerMessage { Type = type, TimestampMs = Integer(ref fields) },
            MessageType.Ack => new ServerMessage
            {
                Type = type, Id = Text(ref fields), Room = Text(ref fields), Epoch = Text(ref fields), Offset = Integer(ref fields),
            },
            MessageType.Error => ReadError(ref fields),
            MessageType.Position => new ServerMessage { Type = type, Room = Text(ref fields), Epoch = Text(ref fields), Offset = Integer(ref fields) },
            MessageType.Gap => new ServerMessage
            {
                Type = type, Room = Text(ref fields), Epoch = Text(ref fields), From = Integer(ref fields), To = Integer(ref fields),
            },
            MessageType.Close => new ServerMessage
            {
                Type = type,
                CloseReason = (CloseReason)Math.Min(Integer(ref fields), ushort.MaxValue),
                CloseName = Text(ref fields),
                Reconnect = Boolean(ref fields),
                DelayMs = Integer(ref fields),
            },
            _ => new ServerMessage { Type = type },
        };
    }

    private static ServerMessage ReadMsg(scoped ref MessagePackFields fields) => new()
    {
        Type = MessageType.Msg,
        Room = Text(ref fields),
        Epoch = Text(ref fields),
        Offset = Integer(ref fields),
        TimestampMs = Integer(ref fields),
        User = Text(ref fields),
        Text = Text(ref fields),
        Data = fields.ReadRaw(),
        Kind = Text(ref fields),
        Id = Text(ref fields),
    };

    private static ServerMessage ReadPresence(scoped ref MessagePackFields fields)
    {
        ServerMessage message = new()
        {
            Type = MessageType.Presence,
            Id = Text(ref fields),
            Room = Text(ref fields),
            Version = Integer(ref fields),
            Count = Integer(ref fields),
        };
        message.HasUsers = fields.TryReadArray(ClientField.Payload, MessagePackType.String, out ReadOnlySpan<byte> users, out int userCount);
        message.Users = users;
        message.UserCount = userCount;
        message.Next = Text(ref fields);
        return message;
    }

    private static ServerMessage ReadHistory(scoped ref MessagePackFields fields)
    {
        ServerMessage message = new()
        {
            Type = MessageType.History,
            Id = Text(ref fields),
            Room = Text(ref fields),
            Epoch = Text(ref fields),
            Offset = Integer(ref fields),
            Recovered = Boolean(ref fields),
            More = Boolean(ref fields),
        };
        if (fields.TryReadArray(ClientField.Payload, out MessagePackFields you))
        {
            message.User = Text(ref you);
            message.Key = Text(ref you);
            fields.Faulty |= you.Faulty;
        }
        fields.TryReadArray(ClientField.Payload, MessagePackType.Array, out ReadOnlySpan<byte> messages, out int messageCount);
        message.Messages = messages;
        message.MessageCount = messageCount;
        return message;
    }

    private static ServerMessage ReadError(scoped ref MessagePackFields fields)
    {
        ServerMessage message = new()
        {
            Type = MessageType.Error,
            ErrorName = Text(ref fields),
            ErrorText = Text(ref fields),
            Id = Text(ref fields),
            Room = Text(ref fields),
            RetryAfterMs = Integer(ref fields),
            Suggestion = Text(ref fields),
        };
        message.ErrorCode = ErrorCodes.TryParse(message.ErrorName, out ErrorCode code) ? code : ErrorCode.None;
        return message;
    }

    // Any fault makes the message unreadable, so one name does for all fields.

    private static ReadOnlySpan<byte> Text(scoped ref MessagePackFields fields) => fields.ReadText(ClientField.Payload);

    private static long Integer(scoped ref MessagePackFields fields) => fields.ReadInteger(ClientField.Payload, absent: 0);

    private static bool Boolean(scoped ref MessagePackFields fields) => fields.ReadBoolean(ClientField.Payload, absent: false);
}
