namespace FastChat.Simulation.Model;

/// <summary>One connection under one name, as its client knows of it.</summary>
internal sealed class Visit(string name, string shownKey, TimeSpan began)
{
    public string Name => name;

    /// <summary>The guest key shown with the first join; empty: none.</summary>
    public string ShownKey { get; } = shownKey;

    public TimeSpan Began => began;

    /// <summary>The guest key that was told; empty until then. Guarded by the gate of <see cref="Names"/>, like <see cref="HoldsUntil"/>.</summary>
    public string ToldKey { get; set; } = "";

    /// <summary>Whether its close was answered, by which it has given up its name. The client's alone.</summary>
    public bool IsClosed { get; set; }

    /// <summary>When the gateway has surely forgotten it.</summary>
    public TimeSpan HoldsUntil { get; set; } = TimeSpan.MaxValue;
}
