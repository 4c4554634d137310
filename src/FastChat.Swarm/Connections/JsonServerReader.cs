using System.Text.Json;
using FastChat.Codec.Messages;

namespace FastChat.Swarm.Connections;

/// <summary>Reads what a swarm needs of the gateway's JSON envelopes into the same message that <see cref="ServerMessageReader"/> makes of MessagePack.</summary>
/// <remarks>Texts are taken as they stand between the quotes: what a swarm looks at (ids, epochs, its own texts, codes) has no escapes.</remarks>
internal static class JsonServerReader
{
    /// <summary>Reads one envelope.</summary>
    /// <param name="source">The payload of a text message.</param>
    /// <param name="message">Borrows from it. History: Messages are the array's publications, for <see cref="TryReadPublication"/>.</param>
    /// <returns>False when it is no envelope.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out ServerMessage message)
    {
        message = new ServerMessage();
        try
        {
            Utf8JsonReader reader = new(source);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            message = ReadMembers(ref reader, source);
            return message.Type != MessageType.None;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the next publication of a history.</summary>
    /// <param name="messages">At first <see cref="ServerMessage.Messages"/>; moved behind it.</param>
    /// <param name="message">Borrows.</param>
    /// <returns>False when there is none left.</returns>
    public static bool TryReadPublication(ref ReadOnlySpan<byte> messages, out ServerMessage message)
    {
        message = new ServerMessage();
        int start = messages.IndexOf((byte)'{');
        if (start < 0) return false;
        Utf8JsonReader reader = new(messages[start..], isFinalBlock: false, default);
        reader.Read();
        message = ReadMembers(ref reader, messages[start..]);
        message.Type = MessageType.Msg;
        messages = messages[(start + (int)reader.BytesConsumed)..];
        return true;
    }

    /// <summary>Reads the members of the object that was just opened, and of the objects within as if they were its own.</summary>
    private static ServerMessage ReadMembers(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        ServerMessage message = new();
        int depth = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            ReadOnlySpan<byte> name = reader.ValueSpan;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (name.SequenceEqual("messages"u8)) message.Messages = source[(start + 1)..(int)reader.TokenStartIndex];
            }
            else if (name.SequenceEqual("data"u8))
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.Number)
            {
                Take(ref message, name, reader.GetInt64());
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                Take(ref message, name, reader.ValueSpan);
            }
            else if (name.SequenceEqual("recovered"u8))
            {
                message.Recovered = reader.TokenType == JsonTokenType.True;
            }
        }
        return message;
    }

    private static void Take(ref ServerMessage message, ReadOnlySpan<byte> name, long value)
    {
        if (name.SequenceEqual("offset"u8)) message.Offset = value;
        else if (name.SequenceEqual("from"u8)) message.From = value;
        else if (name.SequenceEqual("to"u8)) message.To = value;
    }

    private static void Take(scoped ref ServerMessage message, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("type"u8)) message.Type = TypeOf(value);
        else if (name.SequenceEqual("text"u8)) message.Text = value;
        else if (name.SequenceEqual("epoch"u8)) message.Epoch = value;
        else if (name.SequenceEqual("id"u8)) message.Id = value;
        else if (name.SequenceEqual("key"u8)) message.Key = value;
        else if (name.SequenceEqual("reason"u8)) message.CloseName = value;
        else if (name.SequenceEqual("code"u8)) message.ErrorName = value;
    }

    private static MessageType TypeOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("msg"u8) => MessageType.Msg,
        _ when name.SequenceEqual("ack"u8) => MessageType.Ack,
        _ when name.SequenceEqual("history"u8) => MessageType.History,
        _ when name.SequenceEqual("error"u8) => MessageType.Error,
        _ when name.SequenceEqual("gap"u8) => MessageType.Gap,
        _ when name.SequenceEqual("position"u8) => MessageType.Position,
        _ when name.SequenceEqual("close"u8) => MessageType.Close,
        // Notices, typing and presence: nothing that a swarm looks at.
        _ => MessageType.Typing,
    };
}
