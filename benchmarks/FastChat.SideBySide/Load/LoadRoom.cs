namespace FastChat.SideBySide.Load;

/// <summary>A room that is published to: its first member speaks, all members listen.</summary>
/// <param name="name">Its id.</param>
internal sealed class LoadRoom(string name)
{
    /// <summary>Its id.</summary>
    public string Name { get; } = name;

    /// <summary>Who is in it; the first one publishes.</summary>
    public List<Peer> Members { get; } = [];

    /// <summary>Messages published.</summary>
    public long Published { get; set; }

    /// <summary>Deliveries of them, the publisher's own too.</summary>
    public long Delivered { get; set; }

    /// <summary>Deliveries that are still to come.</summary>
    public long Outstanding => (Published * Members.Count) - Delivered;

    /// <summary>Whether something came since it was last looked at.</summary>
    public bool IsDirty { get; set; }
}
