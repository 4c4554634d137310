using System.Text.Json;
using FastChat.Codec.Messages;

namespace FastChat.Simulation.Kit;

/// <summary>Reads a message of the gateway in JSON, with somebody else's parser.</summary>
internal static class JsonHeard
{
    public static Heard Read(ReadOnlySpan<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8.ToArray());
        JsonElement envelope = document.RootElement;
        MessageType type = Enum.Parse<MessageType>(Text(envelope, "type"), ignoreCase: true);
        return type switch
        {
            MessageType.Error => new Heard(type)
            {
                Error = Text(envelope, "code"), Id = Text(envelope, "id"), Room = Text(envelope, "room"),
                RetryAfterMs = Number(envelope, "retryAfterMs"), Suggestion = Text(envelope, "suggestion"),
            },
            MessageType.Pong => new Heard(type),
            _ => ReadPayload(type, envelope.GetProperty("payload")),
        };
    }

    private static Heard ReadPayload(MessageType type, JsonElement payload)
    {
        bool hasYou = payload.TryGetProperty("you", out JsonElement you);
        return new Heard(type)
        {
            Id = Text(payload, "id"), Room = Text(payload, "room"), Epoch = Text(payload, "epoch"), Offset = Number(payload, "offset"),
            User = hasYou ? Text(you, "user") : Text(payload, "user"), Text = Text(payload, "text"), Kind = Text(payload, "kind"),
            On = Truth(payload, "on"), Recovered = Truth(payload, "recovered"), More = Truth(payload, "more"),
            Key = hasYou ? Text(you, "key") : "",
            Messages = payload.TryGetProperty("messages", out JsonElement messages) ? [.. messages.EnumerateArray().Select(static message => ReadPayload(MessageType.Msg, message))] : [],
            From = Number(payload, "from"), To = Number(payload, "to"), Version = Number(payload, "version"), Count = Number(payload, "count"),
            Users = payload.TryGetProperty("users", out JsonElement users) ? [.. users.EnumerateArray().Select(static user => user.GetString()!)] : null,
            Next = Text(payload, "next"), CloseCode = (int)Number(payload, "code"), DelayMs = Number(payload, "delayMs"),
        };
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static long Number(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static bool Truth(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.GetBoolean();
}
