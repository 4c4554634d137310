using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FastChat.Gateway.Security;

/// <summary>Makes and checks guest keys, by which a guest is the same person again. Nothing is stored: the key carries the person. Thread-safe.</summary>
/// <remarks>
/// <code>
///  0         1                        17                     33
/// +---------+------------------------+----------------------+
/// | version | person id, big-endian  | HMAC-SHA256, cut     |   as base64url without padding: 44 characters
/// +---------+------------------------+----------------------+
/// </code>
/// The HMAC goes over version, person id, and the UTF-8 of the folded name: the key is good for that name alone.
/// </remarks>
internal sealed class GuestKeys
{
    /// <summary>Length of a key as handed out.</summary>
    public const int TextBytes = 44;

    private const byte Version = 1;
    private const int PersonOffset = 1;
    private const int MacOffset = 17;
    private const int MacBytes = 16;
    private const int KeyBytes = MacOffset + MacBytes;

    private readonly byte[][] _keys;

    public GuestKeys(SigningKeys keys) => _keys = keys.DeriveFor("fastchat guest key 1");

    /// <summary>A new person's id; nobody can guess one.</summary>
    public static UInt128 NewPerson()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The key that makes its holder <paramref name="person"/> under this name.</summary>
    /// <param name="foldedName"><see cref="PersonName.Folded"/>.</param>
    /// <param name="person">From <see cref="NewPerson"/>, or of a key that was verified.</param>
    public string Issue(string foldedName, UInt128 person)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        key[0] = Version;
        BinaryPrimitives.WriteUInt128BigEndian(key[PersonOffset..], person);
        Sign(_keys[0], key[..MacOffset], foldedName, key[MacOffset..]);
        return Base64Url.EncodeToString(key);
    }

    /// <summary>Whether <paramref name="key"/> was issued for this name; if so, for whom.</summary>
    /// <param name="key">As the client sent it; borrowed.</param>
    /// <param name="foldedName"><see cref="PersonName.Folded"/>.</param>
    /// <param name="person">Meaningless when the answer is no.</param>
    public bool TryVerify(ReadOnlySpan<byte> key, string foldedName, out UInt128 person)
    {
        person = default;
        Span<byte> bytes = stackalloc byte[KeyBytes];
        if (key.Length != TextBytes || Base64Url.DecodeFromUtf8(key, bytes, out _, out int length) != OperationStatus.Done || length != KeyBytes || bytes[0] != Version) return false;
        person = BinaryPrimitives.ReadUInt128BigEndian(bytes[PersonOffset..]);
        Span<byte> mac = stackalloc byte[MacBytes];
        foreach (byte[] signingKey in _keys)
        {
            Sign(signingKey, bytes[..MacOffset], foldedName, mac);
            if (CryptographicOperations.FixedTimeEquals(mac, bytes[MacOffset..])) return true;
        }
        return false;
    }

    private static void Sign(byte[] signingKey, ReadOnlySpan<byte> head, string foldedName, Span<byte> mac)
    {
        // NFKC can make a name of 64 units up to 18 times as long; such a name is rare, and then this allocates.
        int nameBytes = Encoding.UTF8.GetMaxByteCount(foldedName.Length);
        Span<byte> signed = nameBytes <= 512 ? stackalloc byte[MacOffset + 512] : new byte[MacOffset + nameBytes];
        head.CopyTo(signed);
        int length = head.Length + Encoding.UTF8.GetBytes(foldedName, signed[head.Length..]);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(signingKey, signed[..length], whole);
        whole[..MacBytes].CopyTo(mac);
    }
}
