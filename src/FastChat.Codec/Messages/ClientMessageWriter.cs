// Data plane: no allocation after warm-up. See ClientMessageWriterBenchmarks.
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Messages;

/// <summary>Writes what a client sends, as MessagePack, without framing: what <see cref="ClientMessageReader"/> reads.</summary>
public static class ClientMessageWriter
{
    /// <summary>Appends one message; absent elements are nil, trailing ones left out.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="message">Borrowed; fields that its type has no place for are not looked at. A limit that is not wanted is -1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Clients send no message of that type.</exception>
    public static void Write(ByteWriter output, in ClientMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Join: WriteJoin(output, message); break;
            case MessageType.Leave: WriteIdAndRoom(output, message, count: 1); break;
            case MessageType.Msg: WriteMsg(output, message); break;
            case MessageType.Typing: WriteTyping(output, message); break;
            case MessageType.Presence: WritePresence(output, message); break;
            case MessageType.History: WriteHistory(output, message); break;
            case MessageType.Ping or MessageType.Pong: WriteHead(output, 1, message.Type); break;
            default: throw new ArgumentOutOfRangeException(nameof(message), message.Type, "Clients send no message of that type.");
        }
    }

    private static void WriteJoin(ByteWriter output, in ClientMessage message)
    {
        int count = message.Limit >= 0 ? 8 : message.HasSince ? 7 : !message.Token.IsEmpty ? 6 : !message.Key.IsEmpty ? 5 : !message.User.IsEmpty ? 4 : 1;
        MessagePackWriter writer = WriteIdAndRoom(output, message, count);
        if (count >= 4) WriteOptional(writer, message.User);
        if (count >= 5) WriteOptional(writer, message.Key);
        if (count >= 6) WriteOptional(writer, message.Token);
        if (message.HasSince)
        {
            writer.WriteArrayHeader(2);
            writer.WriteString(message.SinceEpoch);
            writer.WriteInt64(message.SinceOffset);
        }
        else if (count >= 7)
        {
            writer.WriteNil();
        }
        if (count == 8) writer.WriteInt64(message.Limit);
    }

    private static void WriteMsg(ByteWriter output, in ClientMessage message)
    {
        ClientMessageFlags flags = (message.Ephemeral ? ClientMessageFlags.Ephemeral : 0) | (message.ExcludeSelf ? ClientMessageFlags.ExcludeSelf : 0);
        int count = flags != ClientMessageFlags.None ? 7 : !message.Kind.IsEmpty ? 6 : !message.Data.IsEmpty ? 5 : 4;
        MessagePackWriter writer = WriteIdAndRoom(output, message, count);
        WriteOptional(writer, message.Text);
        if (count < 5) return;
        if (message.Data.IsEmpty) writer.WriteNil();
        else writer.WriteRaw(message.Data);
        if (count >= 6) WriteOptional(writer, message.Kind);
        if (count == 7) writer.WriteInt64((int)flags);
    }

    private static void WriteTyping(ByteWriter output, in ClientMessage message)
    {
        int count = !message.On ? 3 : !message.Room.IsEmpty ? 2 : 1;
        MessagePackWriter writer = WriteHead(output, count, MessageType.Typing);
        if (count >= 2) WriteOptional(writer, message.Room);
        if (count == 3) writer.WriteBoolean(false);
    }

    private static void WritePresence(ByteWriter output, in ClientMessage message)
    {
        MessagePackWriter writer = WriteIdAndRoom(output, message, count: message.Cursor.IsEmpty ? 1 : 4);
        if (!message.Cursor.IsEmpty) writer.WriteString(message.Cursor);
    }

    private static void WriteHistory(ByteWriter output, in ClientMessage message)
    {
        int count = message.Limit >= 0 ? 5 : message.Before > 0 ? 4 : 1;
        MessagePackWriter writer = WriteIdAndRoom(output, message, count);
        if (message.Before > 0) writer.WriteInt64(message.Before);
        else if (count >= 4) writer.WriteNil();
        if (count == 5) writer.WriteInt64(message.Limit);
    }

    /// <param name="output">Appended to.</param>
    /// <param name="message">The message.</param>
    /// <param name="count">Elements of the array, its type too; below 4: as many as id and room need.</param>
    private static MessagePackWriter WriteIdAndRoom(ByteWriter output, in ClientMessage message, int count)
    {
        if (count < 4) count = !message.Room.IsEmpty ? 3 : !message.Id.IsEmpty ? 2 : 1;
        MessagePackWriter writer = WriteHead(output, count, message.Type);
        if (count >= 2) WriteOptional(writer, message.Id);
        if (count >= 3) WriteOptional(writer, message.Room);
        return writer;
    }

    private static MessagePackWriter WriteHead(ByteWriter output, int count, MessageType type)
    {
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(count);
        writer.WriteInt64((byte)type);
        return writer;
    }

    private static void WriteOptional(MessagePackWriter writer, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) writer.WriteNil();
        else writer.WriteString(text);
    }
}
