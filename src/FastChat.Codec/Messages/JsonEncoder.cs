// Data plane: no allocation after warm-up. See JsonEncoderBenchmarks.
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;

namespace FastChat.Codec.Messages;

/// <summary>
/// Writes the gateway's messages as JSON envelopes, without white space, absent members left out.
/// The members are listed in docs/protocol.md, "Messages from the gateway".
/// </summary>
public sealed class JsonEncoder : IMessageEncoder
{
    private JsonEncoder() { }

    /// <summary>The one instance.</summary>
    public static JsonEncoder Instance { get; } = new();

    /// <inheritdoc/>
    public void WriteMsg(ByteWriter output, in Publication publication, bool withId)
    {
        output.Write("{\"type\":\"msg\",\"payload\":"u8);
        WritePublication(output, publication, withId);
        output.WriteByte((byte)'}');
    }

    /// <inheritdoc/>
    public void WriteAck(ByteWriter output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset)
    {
        Text(output, "{\"type\":\"ack\",\"payload\":{\"id\":"u8, id);
        Text(output, ",\"room\":"u8, room);
        if (!epoch.IsEmpty)
        {
            Text(output, ",\"epoch\":"u8, epoch);
            Integer(output, ",\"offset\":"u8, offset);
        }

        output.Write("}}"u8);
    }

    /// <inheritdoc/>
    public void WriteError(ByteWriter output, in ErrorAnswer error)
    {
        Text(output, "{\"type\":\"error\",\"message\":"u8, error.Message);
        Text(output, ",\"code\":"u8, ErrorCodes.Utf8(error.Code));
        OptionalText(output, ",\"id\":"u8, error.Id);
        OptionalText(output, ",\"room\":"u8, error.Room);
        if (error.RetryAfterMs != 0) Integer(output, ",\"retryAfterMs\":"u8, error.RetryAfterMs);
        OptionalText(output, ",\"suggestion\":"u8, error.Suggestion);
        output.WriteByte((byte)'}');
    }

    /// <inheritdoc/>
    public void WriteNotice(ByteWriter output, MessageType type, ReadOnlySpan<byte> room, ReadOnlySpan<byte> user, long timestampMs)
    {
        output.Write(type == MessageType.Join ? "{\"type\":\"join\",\"payload\":{"u8 : "{\"type\":\"leave\",\"payload\":{"u8);
        Text(output, "\"user\":"u8, user);
        Integer(output, ",\"ts\":"u8, timestampMs);
        Text(output, ",\"room\":"u8, room);
        output.Write("}}"u8);
    }

    /// <inheritdoc/>
    public void WriteTyping(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> user, bool on)
    {
        Text(output, "{\"type\":\"typing\",\"payload\":{\"room\":"u8, room);
        Text(output, ",\"user\":"u8, user);
        Boolean(output, ",\"on\":"u8, on);
        output.Write("}}"u8);
    }

    /// <inheritdoc/>
    public void WritePosition(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset)
    {
        Text(output, "{\"type\":\"position\",\"payload\":{\"room\":"u8, room);
        Text(output, ",\"epoch\":"u8, epoch);
        Integer(output, ",\"offset\":"u8, offset);
        output.Write("}}"u8);
    }

    /// <inheritdoc/>
    public void WriteGap(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long from, long to)
    {
        Text(output, "{\"type\":\"gap\",\"payload\":{\"room\":"u8, room);
        Text(output, ",\"epoch\":"u8, epoch);
        Integer(output, ",\"from\":"u8, from);
        Integer(output, ",\"to\":"u8, to);
        output.Write("}}"u8);
    }

    /// <inheritdoc/>
    public void WritePing(ByteWriter output) => output.Write("{\"type\":\"ping\"}"u8);

    /// <inheritdoc/>
    public void WritePong(ByteWriter output, long timestampMs)
    {
        Integer(output, "{\"type\":\"pong\",\"ts\":"u8, timestampMs);
        output.WriteByte((byte)'}');
    }

    /// <inheritdoc/>
    public void WriteClose(ByteWriter output, CloseReason reason, int delayMs)
    {
        Integer(output, "{\"type\":\"close\",\"payload\":{\"code\":"u8, (ushort)reason);
        Text(output, ",\"reason\":"u8, CloseReasons.Utf8(reason));
        Boolean(output, ",\"reconnect\":"u8, CloseReasons.CanReconnect(reason));
        Integer(output, ",\"delayMs\":"u8, delayMs);
        output.Write("}}"u8);
    }

    /// <inheritdoc/>
    public void BeginHistory(ByteWriter output, in HistoryHead head)
    {
        output.Write("{\"type\":\"history\",\"payload\":{"u8);
        WriteIdAndRoom(output, head.Id, head.Room);
        Text(output, ",\"epoch\":"u8, head.Epoch);
        Integer(output, ",\"offset\":"u8, head.Offset);
        Boolean(output, ",\"recovered\":"u8, head.Recovered);
        Boolean(output, ",\"more\":"u8, head.More);
        if (!head.You.IsEmpty)
        {
            Text(output, ",\"you\":{\"user\":"u8, head.You);
            OptionalText(output, ",\"key\":"u8, head.Key);
            output.WriteByte((byte)'}');
        }
        output.Write(",\"messages\":["u8);
    }

    /// <inheritdoc/>
    public void WriteHistoryEntry(ByteWriter output, int index, in Publication publication, bool withId)
    {
        if (index > 0) output.WriteByte((byte)',');
        WritePublication(output, publication, withId);
    }

    /// <inheritdoc/>
    public void EndHistory(ByteWriter output, in HistoryHead head) => output.Write("]}}"u8);

    /// <inheritdoc/>
    public void BeginPresence(ByteWriter output, in PresenceHead head)
    {
        output.Write("{\"type\":\"presence\",\"payload\":{"u8);
        WriteIdAndRoom(output, head.Id, head.Room);
        Integer(output, ",\"version\":"u8, head.Version);
        Integer(output, ",\"count\":"u8, head.Count);
        if (head.HasUsers) output.Write(",\"users\":["u8);
    }

    /// <inheritdoc/>
    public void WritePresenceUser(ByteWriter output, int index, ReadOnlySpan<byte> user)
    {
        if (index > 0) output.WriteByte((byte)',');
        JsonText.WriteText(output, user);
    }

    /// <inheritdoc/>
    public void EndPresence(ByteWriter output, in PresenceHead head)
    {
        if (head.HasUsers) output.WriteByte((byte)']');
        OptionalText(output, ",\"next\":"u8, head.Next);
        output.Write("}}"u8);
    }

    private static void WritePublication(ByteWriter output, in Publication publication, bool withId)
    {
        Text(output, "{\"user\":"u8, publication.User);
        OptionalText(output, ",\"text\":"u8, publication.Text);
        if (!publication.Data.IsEmpty)
        {
            output.Write(",\"data\":"u8);
            // What is no well-formed value was refused when it came; null stands for it should it come by another way.
            if (!MessagePackJson.TryToJson(publication.Data, output)) output.Write("null"u8);
        }
        OptionalText(output, ",\"kind\":"u8, publication.Kind);
        Integer(output, ",\"ts\":"u8, publication.TimestampMs);
        Text(output, ",\"room\":"u8, publication.Room);
        if (!publication.Epoch.IsEmpty)
        {
            Text(output, ",\"epoch\":"u8, publication.Epoch);
            Integer(output, ",\"offset\":"u8, publication.Offset);
        }
        if (withId) OptionalText(output, ",\"id\":"u8, publication.Id);
        output.WriteByte((byte)'}');
    }

    private static void WriteIdAndRoom(ByteWriter output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> room)
    {
        if (!id.IsEmpty)
        {
            Text(output, "\"id\":"u8, id);
            output.WriteByte((byte)',');
        }
        Text(output, "\"room\":"u8, room);
    }

    private static void Text(ByteWriter output, ReadOnlySpan<byte> before, ReadOnlySpan<byte> text)
    {
        output.Write(before);
        JsonText.WriteText(output, text);
    }

    private static void OptionalText(ByteWriter output, ReadOnlySpan<byte> before, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty) Text(output, before, text);
    }

    private static void Integer(ByteWriter output, ReadOnlySpan<byte> before, long value)
    {
        output.Write(before);
        JsonText.WriteInteger(output, value);
    }

    private static void Boolean(ByteWriter output, ReadOnlySpan<byte> before, bool value)
    {
        output.Write(before);
        output.Write(value ? "true"u8 : "false"u8);
    }
}
