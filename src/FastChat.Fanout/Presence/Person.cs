using System.Text;
using FastChat.Fanout.Delivery;

namespace FastChat.Fanout.Presence;

/// <summary>Who speaks on one or more connections. Shared by the loops of those connections.</summary>
internal sealed class Person
{
    private readonly byte[] _name;
    private readonly byte[] _foldedName;    // The same array as _name for most names.
    private RateLimiter _publishRate;
    private RateLimiter _roomMaking;

    /// <param name="id">Who.</param>
    /// <param name="nameUtf8">Display name, checked and normalised; copied.</param>
    /// <param name="foldedName">The name as it is compared.</param>
    public Person(PersonId id, ReadOnlySpan<byte> nameUtf8, string foldedName)
    {
        Id = id;
        _name = nameUtf8.ToArray();
        byte[] folded = Encoding.UTF8.GetBytes(foldedName);
        _foldedName = folded.AsSpan().SequenceEqual(_name) ? _name : folded;
    }

    /// <summary>Who.</summary>
    public PersonId Id { get; }

    /// <summary>Display name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>The name as it is compared, UTF-8.</summary>
    public ReadOnlySpan<byte> FoldedName => _foldedName;

    /// <summary>Publishes of all of the person's connections.</summary>
    public ref RateLimiter PublishRate => ref _publishRate;

    /// <summary>Rooms made by the person.</summary>
    public ref RateLimiter RoomMaking => ref _roomMaking;

    /// <summary>Open connections. Guarded by the directory's gate.</summary>
    internal int ConnectionCount { get; set; }

    /// <summary>When a connection was last lost, milliseconds of the directory's clock cut to 32 bits; 0 until one was. Guarded by the directory's gate.</summary>
    internal uint LostAtMs { get; set; }
}
