using FastChat.Fanout.Delivery;

namespace FastChat.Fanout.Presence;

/// <summary>Who speaks on one or more connections. Shared by the loops of those connections.</summary>
internal sealed class Person
{
    /// <summary>What <see cref="LostAtMs"/> is until a connection was lost.</summary>
    internal const long NeverLost = long.MinValue / 2;

    private readonly byte[] _name;
    private RateLimiter _publishRate;
    private RateLimiter _roomMaking;

    /// <param name="id">Who.</param>
    /// <param name="nameUtf8">Display name, checked and normalised; copied.</param>
    /// <param name="foldedName">The name as it is compared.</param>
    public Person(PersonId id, ReadOnlySpan<byte> nameUtf8, string foldedName)
    {
        Id = id;
        FoldedName = foldedName;
        _name = nameUtf8.ToArray();
    }

    /// <summary>Who.</summary>
    public PersonId Id { get; }

    /// <summary>Display name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>The name as it is compared.</summary>
    public string FoldedName { get; }

    /// <summary>Publishes of all of the person's connections.</summary>
    public ref RateLimiter PublishRate => ref _publishRate;

    /// <summary>Rooms made by the person.</summary>
    public ref RateLimiter RoomMaking => ref _roomMaking;

    /// <summary>Open connections. Guarded by the directory's gate.</summary>
    internal int ConnectionCount { get; set; }

    /// <summary>When a connection was last lost, milliseconds of the directory's clock. Guarded by the directory's gate.</summary>
    internal long LostAtMs { get; set; } = NeverLost;
}
