// Data plane: no allocation after warm-up. See MessagePackEncoderBenchmarks.
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Messages;

/// <summary>
/// Writes the gateway's messages as MessagePack: an array each, absent elements nil, trailing ones left out.
/// The elements are listed in docs/protocol.md, "Messages from the gateway".
/// </summary>
public sealed class MessagePackEncoder : IMessageEncoder
{
    private MessagePackEncoder() { }

    /// <summary>The one instance.</summary>
    public static MessagePackEncoder Instance { get; } = new();

    /// <inheritdoc/>
    public void WriteMsg(ByteWriter output, in Publication publication, bool withId)
    {
        bool hasId = withId && !publication.Id.IsEmpty;
        int count = hasId ? 10 : !publication.Kind.IsEmpty ? 9 : !publication.Data.IsEmpty ? 8 : 7;
        MessagePackWriter writer = Begin(output, count, MessageType.Msg);
        writer.WriteString(publication.Room);
        if (publication.Epoch.IsEmpty)
        {
            writer.WriteNil();
            writer.WriteNil();
        }
        else
        {
            writer.WriteString(publication.Epoch);
            writer.WriteInt64(publication.Offset);
        }
        writer.WriteInt64(publication.TimestampMs);
        writer.WriteString(publication.User);
        WriteOptional(writer, publication.Text);
        if (count < 8) return;
        if (publication.Data.IsEmpty) writer.WriteNil();
        else writer.WriteRaw(publication.Data);
        if (count < 9) return;
        WriteOptional(writer, publication.Kind);
        if (hasId) writer.WriteString(publication.Id);
    }

    /// <inheritdoc/>
    public void WriteAck(ByteWriter output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset)
    {
        MessagePackWriter writer = Begin(output, epoch.IsEmpty ? 3 : 5, MessageType.Ack);
        WriteOptional(writer, id);
        writer.WriteString(room);
        if (epoch.IsEmpty) return;
        writer.WriteString(epoch);
        writer.WriteInt64(offset);
    }

    /// <inheritdoc/>
    public void WriteError(ByteWriter output, in ErrorAnswer error)
    {
        int count = !error.Suggestion.IsEmpty ? 7 : error.RetryAfterMs != 0 ? 6 : !error.Room.IsEmpty ? 5 : !error.Id.IsEmpty ? 4 : 3;
        MessagePackWriter writer = Begin(output, count, MessageType.Error);
        writer.WriteString(ErrorCodes.Utf8(error.Code));
        writer.WriteString(error.Message);
        if (count >= 4) WriteOptional(writer, error.Id);
        if (count >= 5) WriteOptional(writer, error.Room);
        if (count < 6) return;
        if (error.RetryAfterMs == 0) writer.WriteNil();
        else writer.WriteInt64(error.RetryAfterMs);
        if (count == 7) writer.WriteString(error.Suggestion);
    }

    /// <inheritdoc/>
    public void WriteNotice(ByteWriter output, MessageType type, ReadOnlySpan<byte> room, ReadOnlySpan<byte> user, long timestampMs)
    {
        MessagePackWriter writer = Begin(output, 4, type);
        writer.WriteString(room);
        writer.WriteString(user);
        writer.WriteInt64(timestampMs);
    }

    /// <inheritdoc/>
    public void WriteTyping(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> user, bool on)
    {
        MessagePackWriter writer = Begin(output, 4, MessageType.Typing);
        writer.WriteString(room);
        writer.WriteString(user);
        writer.WriteBoolean(on);
    }

    /// <inheritdoc/>
    public void WritePosition(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset)
    {
        MessagePackWriter writer = Begin(output, 4, MessageType.Position);
        writer.WriteString(room);
        writer.WriteString(epoch);
        writer.WriteInt64(offset);
    }

    /// <inheritdoc/>
    public void WriteGap(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long from, long to)
    {
        MessagePackWriter writer = Begin(output, 5, MessageType.Gap);
        writer.WriteString(room);
        writer.WriteString(epoch);
        writer.WriteInt64(from);
        writer.WriteInt64(to);
    }

    /// <inheritdoc/>
    public void WritePing(ByteWriter output) => Begin(output, 1, MessageType.Ping);

    /// <inheritdoc/>
    public void WritePong(ByteWriter output, long timestampMs) => Begin(output, 2, MessageType.Pong).WriteInt64(timestampMs);

    /// <inheritdoc/>
    public void WriteClose(ByteWriter output, CloseReason reason, int delayMs)
    {
        MessagePackWriter writer = Begin(output, 5, MessageType.Close);
        writer.WriteInt64((ushort)reason);
        writer.WriteString(CloseReasons.Utf8(reason));
        writer.WriteBoolean(CloseReasons.CanReconnect(reason));
        writer.WriteInt64(delayMs);
    }

    /// <inheritdoc/>
    public void BeginHistory(ByteWriter output, in HistoryHead head)
    {
        MessagePackWriter writer = Begin(output, 9, MessageType.History);
        WriteOptional(writer, head.Id);
        writer.WriteString(head.Room);
        WriteOptional(writer, head.Epoch);
        writer.WriteInt64(head.Offset);
        writer.WriteBoolean(head.Recovered);
        writer.WriteBoolean(head.More);
        if (head.You.IsEmpty)
        {
            writer.WriteNil();
        }
        else
        {
            writer.WriteArrayHeader(head.Key.IsEmpty ? 1 : 2);
            writer.WriteString(head.You);
            if (!head.Key.IsEmpty) writer.WriteString(head.Key);
        }
        writer.WriteArrayHeader(head.MessageCount);
    }

    /// <inheritdoc/>
    public void WriteHistoryEntry(ByteWriter output, int index, in Publication publication, bool withId) => WriteMsg(output, publication, withId);

    /// <inheritdoc/>
    public void EndHistory(ByteWriter output, in HistoryHead head) { }

    /// <inheritdoc/>
    public void BeginPresence(ByteWriter output, in PresenceHead head)
    {
        // The page's next cursor follows its users.
        int count = !head.Next.IsEmpty ? 7 : head.HasUsers ? 6 : 5;
        MessagePackWriter writer = Begin(output, count, MessageType.Presence);
        WriteOptional(writer, head.Id);
        writer.WriteString(head.Room);
        writer.WriteInt64(head.Version);
        writer.WriteInt64(head.Count);
        if (head.HasUsers) writer.WriteArrayHeader(head.UserCount);
        else if (count > 5) writer.WriteNil();
    }

    /// <inheritdoc/>
    public void WritePresenceUser(ByteWriter output, int index, ReadOnlySpan<byte> user) => new MessagePackWriter(output).WriteString(user);

    /// <inheritdoc/>
    public void EndPresence(ByteWriter output, in PresenceHead head)
    {
        if (!head.Next.IsEmpty) new MessagePackWriter(output).WriteString(head.Next);
    }

    private static MessagePackWriter Begin(ByteWriter output, int count, MessageType type)
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
