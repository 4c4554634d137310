using FastChat.SideBySide.Wires;

namespace FastChat.SideBySide.Servers;

/// <summary>A server with one way to speak to it: a column of the table.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Project">Folder of the project that makes the server.</param>
/// <param name="Wire">What is spoken.</param>
internal sealed record Contender(string Name, string Project, Wire Wire)
{
    /// <summary>All of them. The last is what the others are held against.</summary>
    public static IReadOnlyList<Contender> All { get; } =
    [
        new Contender("FastChat, MessagePack", "src/FastChat.Gateway", new FastChatMessagePack()),
        new Contender("FastChat, JSON", "src/FastChat.Gateway", new FastChatJson()),
        new Contender("SignalR, JSON", "benchmarks/SignalRChat", new SignalRJson()),
    ];
}
