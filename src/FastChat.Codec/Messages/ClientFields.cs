// Data plane: no allocation after warm-up. See ClientMessageReaderBenchmarks.
namespace FastChat.Codec.Messages;

/// <summary>What <see cref="ClientField"/> is in each message and what it must hold.</summary>
internal static class ClientFields
{
    /// <summary>The payload's fields of a command; id and room alone for types that are none, so that the refusal can name them.</summary>
    public static ClientField Of(MessageType type) => type switch
    {
        MessageType.Join => ClientField.Id | ClientField.Room | ClientField.User | ClientField.Key | ClientField.Token | ClientField.Since | ClientField.Limit,
        MessageType.Msg => ClientField.Id | ClientField.Room | ClientField.Text | ClientField.Data | ClientField.Kind | ClientField.Ephemeral | ClientField.ExcludeSelf,
        MessageType.Typing => ClientField.Room | ClientField.On,
        MessageType.Presence => ClientField.Id | ClientField.Room | ClientField.Cursor,
        MessageType.History => ClientField.Id | ClientField.Room | ClientField.Before | ClientField.Limit,
        MessageType.Ping or MessageType.Pong => ClientField.None,
        _ => ClientField.Id | ClientField.Room,
    };

    /// <summary>The field of a JSON payload's member; None for names that are none.</summary>
    public static ClientField Parse(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8) ? ClientField.Id : name.SequenceEqual("on"u8) ? ClientField.On : ClientField.None,
        3 => name.SequenceEqual("key"u8) ? ClientField.Key : ClientField.None,
        4 => name.SequenceEqual("text"u8) ? ClientField.Text
            : name.SequenceEqual("room"u8) ? ClientField.Room
            : name.SequenceEqual("user"u8) ? ClientField.User
            : name.SequenceEqual("data"u8) ? ClientField.Data
            : name.SequenceEqual("kind"u8) ? ClientField.Kind : ClientField.None,
        5 => name.SequenceEqual("token"u8) ? ClientField.Token
            : name.SequenceEqual("since"u8) ? ClientField.Since
            : name.SequenceEqual("limit"u8) ? ClientField.Limit : ClientField.None,
        6 => name.SequenceEqual("cursor"u8) ? ClientField.Cursor
            : name.SequenceEqual("before"u8) ? ClientField.Before : ClientField.None,
        9 => name.SequenceEqual("ephemeral"u8) ? ClientField.Ephemeral : ClientField.None,
        11 => name.SequenceEqual("excludeSelf"u8) ? ClientField.ExcludeSelf : ClientField.None,
        _ => ClientField.None,
    };

    /// <summary>The type that a client's JSON envelope names; None when a client sends no such type.</summary>
    public static MessageType ParseType(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("msg"u8) => MessageType.Msg,
        4 when name.SequenceEqual("join"u8) => MessageType.Join,
        4 when name.SequenceEqual("ping"u8) => MessageType.Ping,
        4 when name.SequenceEqual("pong"u8) => MessageType.Pong,
        5 when name.SequenceEqual("leave"u8) => MessageType.Leave,
        6 when name.SequenceEqual("typing"u8) => MessageType.Typing,
        7 when name.SequenceEqual("history"u8) => MessageType.History,
        8 when name.SequenceEqual("presence"u8) => MessageType.Presence,
        _ => MessageType.None,
    };

    /// <summary>Whether a text of so many bytes is what the field may hold.</summary>
    public static bool IsLengthAllowed(ClientField field, int lengthBytes) => field switch
    {
        ClientField.Id => lengthBytes is >= 1 and <= MessageLimits.IdBytesMax,
        ClientField.Room => lengthBytes <= MessageLimits.RoomBytesMax,
        ClientField.Kind => lengthBytes <= MessageLimits.KindBytesMax,
        ClientField.Since => lengthBytes is >= 1 and <= MessageLimits.EpochBytesMax,
        ClientField.Key or ClientField.Token or ClientField.Cursor => lengthBytes <= MessageLimits.TokenBytesMax,
        _ => true,
    };

    /// <summary>Says for people what is wrong. Allocates.</summary>
    /// <param name="faulty">At least one field.</param>
    /// <param name="payloadPrefix">What stands before the names of the payload's fields.</param>
    public static string Fault(ClientField faulty, string payloadPrefix)
    {
        ClientField first = faulty & (ClientField)(-(int)faulty);
        if (first == ClientField.Type) return "type: expected the type of a message";
        if (first == ClientField.Payload) return "payload: expected an object";
        string name = first.ToString();
        return $"{payloadPrefix}{char.ToLowerInvariant(name[0])}{name[1..]}: expected {Expectation(first)}";
    }

    private static string Expectation(ClientField field) => field switch
    {
        ClientField.Id => $"a string of 1 to {MessageLimits.IdBytesMax} bytes",
        ClientField.Room => $"a string of at most {MessageLimits.RoomBytesMax} bytes",
        ClientField.Kind => $"a string of at most {MessageLimits.KindBytesMax} bytes",
        ClientField.Key or ClientField.Token or ClientField.Cursor => $"a string of at most {MessageLimits.TokenBytesMax} bytes",
        ClientField.Since => $"an epoch of 1 to {MessageLimits.EpochBytesMax} bytes and an offset from 0 to {MessageLimits.SafeIntegerMax}",
        ClientField.Limit or ClientField.Before or ClientField.Flags => $"an integer from 0 to {MessageLimits.SafeIntegerMax}",
        ClientField.Text => "a string, not empty unless there is data",
        ClientField.Data => "a value whose strings are Unicode",
        ClientField.Ephemeral or ClientField.ExcludeSelf or ClientField.On => "true or false",
        _ => "a string",
    };
}
