using System.Buffers;
using System.Text;
using FastChat.Codec.Messages;

namespace FastChat.Fanout.Rooms;

/// <summary>A room's id: 1 to 64 bytes of ASCII letters, digits and <c>. _ ~ : -</c>, case-sensitive.</summary>
internal sealed class RoomId : IEquatable<RoomId>
{
    private static readonly SearchValues<byte> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-"u8);

    private readonly byte[] _ascii;

    /// <param name="ascii">Copied; must be <see cref="IsValid"/>.</param>
    public RoomId(ReadOnlySpan<byte> ascii) => _ascii = ascii.ToArray();

    /// <summary>The room of those who name none.</summary>
    public static ReadOnlySpan<byte> Lobby => "lobby"u8;

    /// <summary>The id's bytes.</summary>
    public ReadOnlySpan<byte> Ascii => _ascii;

    /// <summary>Whether bytes that a peer sent can be a room's id.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) =>
        bytes.Length is > 0 and <= MessageLimits.RoomBytesMax && !bytes.ContainsAnyExcept(s_allowed);

    /// <summary>Hash of an id's bytes, equal for equal bytes; seeded per process, since peers choose the bytes.</summary>
    public static int HashOf(ReadOnlySpan<byte> ascii)
    {
        HashCode hash = default;
        hash.AddBytes(ascii);
        return hash.ToHashCode();
    }

    public bool Equals(RoomId? other) => other is not null && Ascii.SequenceEqual(other.Ascii);

    public override bool Equals(object? obj) => Equals(obj as RoomId);

    public override int GetHashCode() => HashOf(_ascii);

    public override string ToString() => Encoding.ASCII.GetString(_ascii);

    /// <summary>Compares ids, and ids with bytes still in a receive buffer.</summary>
    internal sealed class Comparer : IEqualityComparer<RoomId>, IAlternateEqualityComparer<ReadOnlySpan<byte>, RoomId>
    {
        public bool Equals(RoomId? x, RoomId? y) => x is null ? y is null : x.Equals(y);

        public int GetHashCode(RoomId id) => id.GetHashCode();

        public bool Equals(ReadOnlySpan<byte> alternate, RoomId other) => alternate.SequenceEqual(other.Ascii);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => HashOf(alternate);

        public RoomId Create(ReadOnlySpan<byte> alternate) => new(alternate);
    }
}
