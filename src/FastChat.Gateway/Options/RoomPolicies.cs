namespace FastChat.Gateway.Options;

/// <summary>Which policy holds for a room: the operator's list, then the two built-in entries. Thread-safe.</summary>
internal sealed class RoomPolicies
{
    private static readonly RoomPolicyOptions[] s_builtIn =
    [
        new() { Match = "~*", Durability = RoomDurability.Ephemeral },
        new() { Match = "*", Durability = RoomDurability.Durable },
    ];

    private readonly RoomPolicyOptions[] _policies;

    public RoomPolicies(RoomsOptions options) => _policies = [.. options.Policies, .. s_builtIn];

    /// <summary>The first policy whose pattern fits; there always is one.</summary>
    /// <param name="room">Room id, ASCII; borrowed.</param>
    public RoomPolicyOptions Find(ReadOnlySpan<byte> room)
    {
        foreach (RoomPolicyOptions policy in _policies)
        {
            if (Matches(policy.Match, room)) return policy;
        }
        return s_builtIn[^1];
    }

    /// <summary>Whether <paramref name="pattern"/>, in which <c>*</c> stands for any run, fits the whole of <paramref name="text"/>.</summary>
    internal static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<byte> text)
    {
        // On a mismatch only the last star is worth widening, so this takes at most pattern × text steps.
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
