using System.Diagnostics;
using System.Text;

namespace FastChat.Codec.Messages;

/// <summary>The names that <see cref="ErrorCode"/> has on the wire.</summary>
public static class ErrorCodes
{
    private static readonly string[] Texts = [.. Enum.GetValues<ErrorCode>().Select(code => Encoding.ASCII.GetString(Utf8(code)))];

    /// <summary>The name in snake_case.</summary>
    public static ReadOnlySpan<byte> Utf8(ErrorCode code) => code switch
    {
        ErrorCode.None => "none"u8,
        ErrorCode.InvalidMessage => "invalid_message"u8,
        ErrorCode.UnknownType => "unknown_type"u8,
        ErrorCode.InvalidField => "invalid_field"u8,
        ErrorCode.JoinFirst => "join_first"u8,
        ErrorCode.NotJoined => "not_joined"u8,
        ErrorCode.NameTaken => "name_taken"u8,
        ErrorCode.AnotherUser => "another_user"u8,
        ErrorCode.UnknownRoom => "unknown_room"u8,
        ErrorCode.MessageTooBig => "message_too_big"u8,
        ErrorCode.RateLimited => "rate_limited"u8,
        ErrorCode.TooManyRooms => "too_many_rooms"u8,
        ErrorCode.TooManyRoomsMade => "too_many_rooms_made"u8,
        ErrorCode.Overloaded => "overloaded"u8,
        ErrorCode.Forbidden => "forbidden"u8,
        ErrorCode.Unauthorized => "unauthorized"u8,
        ErrorCode.NotAvailable => "not_available"u8,
        ErrorCode.RoomUnavailable => "room_unavailable"u8,
        ErrorCode.OutcomeUnknown => "outcome_unknown"u8,
        _ => throw new UnreachableException(),
    };

    /// <summary>The name in snake_case.</summary>
    public static string Text(ErrorCode code) => Texts[(int)code];

    /// <summary>Finds the code of a name.</summary>
    /// <returns>False when this version knows no such name.</returns>
    public static bool TryParse(ReadOnlySpan<byte> name, out ErrorCode code)
    {
        for (code = ErrorCode.None; (int)code < Texts.Length; code++)
            if (name.SequenceEqual(Utf8(code))) return true;
        code = ErrorCode.None;
        return false;
    }
}
