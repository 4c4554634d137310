using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastChat.Codec.Messages;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Rest;

/// <summary>What the body of <c>POST /send_message</c> asks for, checked.</summary>
internal sealed record SendOrder(string Room, PersonName User, string Text, string Id)
{
    /// <summary>Reads the members; unknown ones are ignored, and null is the same as absent.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="messageBytesMax"><c>Limits:MessageBytesMax</c>.</param>
    /// <param name="fault">When the answer is null: which member is wrong, and how.</param>
    public static SendOrder? Parse(JsonElement body, int messageBytesMax, out SendFault fault)
    {
        if (!TryRead(body, "message", out string? text, out fault)
            || !TryRead(body, "user", out string? user, out fault)
            || !TryRead(body, "room", out string? room, out fault)
            || !TryRead(body, "id", out string? id, out fault)) return null;

        if (string.IsNullOrEmpty(text)) return Refuse("message", "is missing or empty", out fault);
        if (Encoding.UTF8.GetByteCount(text) > messageBytesMax) return Refuse("message", "is larger than Limits:MessageBytesMax", out fault, ErrorCode.MessageTooBig);
        room ??= RoomIds.Default;
        if (!RoomIds.IsValid(Encoding.UTF8.GetBytes(room))) return Refuse("room", $"is no room id: {RoomIds.Rule}", out fault);
        if (id is not null && Encoding.UTF8.GetByteCount(id) is < 1 or > MessageLimits.IdBytesMax) return Refuse("id", "must be 1 to 64 bytes", out fault);
        PersonName? name = PersonName.OfSystem;
        if (user is not null && !PersonName.TryParse(Encoding.UTF8.GetBytes(user), out name, out string nameFault)) return Refuse("user", $"is no name: {nameFault}", out fault);
        return new SendOrder(room, name!, text, id ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
    }

    private static bool TryRead(JsonElement body, string member, out string? value, out SendFault fault)
    {
        value = null;
        fault = default;
        if (!body.TryGetProperty(member, out JsonElement element) || element.ValueKind == JsonValueKind.Null) return true;
        try
        {
            if (element.ValueKind == JsonValueKind.String)
            {
                value = element.GetString();
                return true;
            }
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON by its grammar, but no text.
        }
        Refuse(member, "must be text", out fault);
        return false;
    }

    private static SendOrder? Refuse(string member, string words, out SendFault fault, ErrorCode error = ErrorCode.InvalidField)
    {
        fault = new SendFault(error, member, $"{member} {words}.");
        return null;
    }
}

/// <summary>Why an order is refused.</summary>
internal readonly record struct SendFault(ErrorCode Error, string Member, string Detail);
