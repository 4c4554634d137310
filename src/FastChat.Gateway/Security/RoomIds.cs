using System.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Gateway.Security;

/// <summary>What a room may be called.</summary>
internal static class RoomIds
{
    private static readonly SearchValues<byte> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-"u8);

    /// <summary>The room of those who name none.</summary>
    public const string Default = "lobby";

    /// <summary>The rule in words, for who broke it.</summary>
    public const string Rule = "a room id is 1 to 64 of A-Z a-z 0-9 . _ ~ : -";

    /// <summary>Whether <paramref name="room"/> is a valid id.</summary>
    public static bool IsValid(ReadOnlySpan<byte> room) =>
        room.Length is >= 1 and <= MessageLimits.RoomBytesMax && !room.ContainsAnyExcept(s_allowed);
}
