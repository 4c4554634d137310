// Data plane: no allocation after warm-up. See ClientMessageReaderBenchmarks.
using FastChat.Codec.Buffers;

namespace FastChat.Codec.Messages;

/// <summary>Reads the messages that clients send, in either encoding. Pure; throws nothing for bytes; allocates only the text of a fault.</summary>
public static class ClientMessageReader
{
    private const string UnknownTypeFault = "type: expected join, leave, msg, typing, presence, history, ping or pong";

    /// <summary>Reads the first message of <paramref name="source"/>, an array; more may follow.</summary>
    /// <param name="source">The payload of a frame, from where the last message ended.</param>
    /// <param name="message">
    /// Borrows from <paramref name="source"/>. On InvalidField, what else could be read, id and room above all, so that the refusal can name them.
    /// Its type may be none that a client sends, to be ignored: fields are then not read. Numbers above 255 read as 255.
    /// </param>
    /// <param name="consumedBytes">Bytes of the message; all of <paramref name="source"/> on InvalidMessage.</param>
    /// <param name="fault">What is wrong, for people; empty when nothing is.</param>
    /// <returns>None; InvalidField: this message is refused; InvalidMessage: the rest cannot be read either.</returns>
    public static ErrorCode ReadMessagePack(ReadOnlySpan<byte> source, out ClientMessage message, out int consumedBytes, out string fault)
    {
        MessagePackFields fields = new(source, MessageLimits.DepthMax);
        message = ReadMessage(ref fields);
        fields.End();

        fault = "";
        consumedBytes = fields.IsBroken ? source.Length : fields.Position;
        if (fields.IsBroken)
        {
            fault = "expected MessagePack arrays";
            return ErrorCode.InvalidMessage;
        }
        if (fields.Faulty == ClientField.None) return ErrorCode.None;
        fault = ClientFields.Fault(fields.Faulty, payloadPrefix: "");
        return ErrorCode.InvalidField;
    }

    /// <summary>Reads one envelope.</summary>
    /// <param name="source">The whole payload of a text message.</param>
    /// <param name="scratch">Cleared, then used for strings with escapes and for data; spans of <paramref name="message"/> may point into it.</param>
    /// <param name="message">
    /// Borrows from <paramref name="source"/> and <paramref name="scratch"/>. On an error, what else could be read, id and room above all.
    /// </param>
    /// <param name="fault">What is wrong, for people; empty when nothing is.</param>
    /// <returns>None, UnknownType, InvalidField, or InvalidMessage for what is no JSON object.</returns>
    public static ErrorCode ReadJson(ReadOnlySpan<byte> source, ByteWriter scratch, out ClientMessage message, out string fault)
    {
        JsonEnvelope envelope = new(source, scratch);
        envelope.Read();
        message = envelope.Message;
        fault = "";
        if (envelope.IsBroken)
        {
            fault = "expected one JSON object";
            return ErrorCode.InvalidMessage;
        }
        if (envelope.Faulty != ClientField.None)
        {
            fault = ClientFields.Fault(envelope.Faulty, payloadPrefix: "payload.");
            return ErrorCode.InvalidField;
        }
        if (message.Type != MessageType.None) return ErrorCode.None;
        fault = UnknownTypeFault;
        return ErrorCode.UnknownType;
    }

    private static ClientMessage ReadMessage(scoped ref MessagePackFields fields)
    {
        ClientMessage message = new() { Type = fields.ReadType(), Limit = -1, On = true };
        switch (message.Type)
        {
            case MessageType.Join:
                ReadJoin(ref fields, ref message);
                break;
            case MessageType.Leave:
                ReadIdAndRoom(ref fields, ref message);
                break;
            case MessageType.Msg:
                ReadMsg(ref fields, ref message);
                break;
            case MessageType.Typing:
                message.Room = fields.ReadText(ClientField.Room);
                message.On = fields.ReadBoolean(ClientField.On, absent: true);
                break;
            case MessageType.Presence:
                ReadIdAndRoom(ref fields, ref message);
                message.Cursor = fields.ReadText(ClientField.Cursor);
                break;
            case MessageType.History:
                ReadIdAndRoom(ref fields, ref message);
                message.Before = fields.ReadInteger(ClientField.Before, absent: 0);
                message.Limit = ReadLimit(ref fields);
                break;
        }
        return message;
    }

    private static void ReadIdAndRoom(scoped ref MessagePackFields fields, ref ClientMessage message)
    {
        message.Id = fields.ReadText(ClientField.Id);
        message.Room = fields.ReadText(ClientField.Room);
    }

    private static void ReadJoin(scoped ref MessagePackFields fields, ref ClientMessage message)
    {
        ReadIdAndRoom(ref fields, ref message);
        message.User = fields.ReadText(ClientField.User);
        message.Key = fields.ReadText(ClientField.Key);
        message.Token = fields.ReadText(ClientField.Token);
        if (fields.TryReadArray(ClientField.Since, out MessagePackFields since))
        {
            message.SinceEpoch = since.ReadText(ClientField.Since);
            message.SinceOffset = since.ReadInteger(ClientField.Since, absent: -1);
            message.HasSince = since.Faulty == ClientField.None && !message.SinceEpoch.IsEmpty && message.SinceOffset >= 0;
            if (!message.HasSince) fields.Faulty |= ClientField.Since;
        }
        message.Limit = ReadLimit(ref fields);
    }

    private static void ReadMsg(scoped ref MessagePackFields fields, ref ClientMessage message)
    {
        ReadIdAndRoom(ref fields, ref message);
        message.Text = fields.ReadText(ClientField.Text);
        message.Data = fields.ReadRaw();
        message.Kind = fields.ReadText(ClientField.Kind);
        long flags = fields.ReadInteger(ClientField.Flags, absent: 0);
        message.Ephemeral = (flags & (long)ClientMessageFlags.Ephemeral) != 0;
        message.ExcludeSelf = (flags & (long)ClientMessageFlags.ExcludeSelf) != 0;
        if (message.Text.IsEmpty && message.Data.IsEmpty) fields.Faulty |= ClientField.Text;
    }

    /// <summary>No page is as long as an int, so what is longer asks for no more than that.</summary>
    private static int ReadLimit(scoped ref MessagePackFields fields) => (int)Math.Min(fields.ReadInteger(ClientField.Limit, absent: -1), int.MaxValue);
}
