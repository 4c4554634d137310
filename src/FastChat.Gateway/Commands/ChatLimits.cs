namespace FastChat.Gateway.Commands;

/// <summary>What the options mean for commands; immutable.</summary>
internal sealed record ChatLimits
{
    /// <summary>Whether people without an account may come in.</summary>
    public bool Guests { get; init; } = true;

    /// <summary>Rooms that one connection may be in.</summary>
    public int RoomsPerConnection { get; init; } = 100;

    /// <summary>Messages a second that a guest may publish.</summary>
    public int GuestPublishRate { get; init; } = 10;

    /// <summary>Messages at once of a guest who was silent.</summary>
    public int GuestPublishBurst { get; init; } = 30;

    /// <summary>Other commands a second on one connection.</summary>
    public int CommandRate { get; init; } = 50;

    /// <summary>Other commands at once on a connection that was silent.</summary>
    public int CommandBurst { get; init; } = 200;

    /// <summary>Refused commands of one connection within a minute, beyond which it is closed.</summary>
    public int ErrorsMax { get; init; } = 100;
}
