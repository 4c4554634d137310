using FastChat.SideBySide.Servers;
using FastChat.SideBySide.Works;

namespace FastChat.SideBySide;

/// <summary>The command line.</summary>
/// <param name="Works">What is done.</param>
/// <param name="Contenders">With whom, the last one being what the others are held against.</param>
internal sealed record RunOptions(IReadOnlyList<Work> Works, IReadOnlyList<Contender> Contenders)
{
    /// <summary>What it may be.</summary>
    public const string Usage = """
        Starts FastChat and a chat on SignalR in turn, has them do the same work, and prints the figures and their ratios.

          --quick          small and short: shows that it works, not how fast
          --only A,B       only these works: density, big, mid, small, latency
          --servers "A;B"  only these servers, by the start of their names: "FastChat, J;SignalR"
          tls              instead: bytes a connection with TLS, against a bare Kestrel handler
        """;

    /// <summary>Reads it.</summary>
    /// <exception cref="ArgumentException">What it cannot be.</exception>
    public static RunOptions Parse(string[] args)
    {
        IReadOnlyList<Work> works = args.Contains("--quick") ? Work.Quick : Work.Full;
        IReadOnlyList<Contender> contenders = Contender.All;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    break;
                case "--only" when i + 1 < args.Length:
                    works = Chosen(works, static work => work.Name, args[++i], ',');
                    break;
                case "--servers" when i + 1 < args.Length:
                    contenders = Chosen(contenders, static contender => contender.Name, args[++i], ';');
                    break;
                default:
                    throw new ArgumentException($"What is \"{args[i]}\"?\n\n{Usage}");
            }
        }

        return new RunOptions(works, contenders);
    }

    private static List<T> Chosen<T>(IReadOnlyList<T> all, Func<T, string> nameOf, string list, char separator)
    {
        string[] names = list.Split(separator, StringSplitOptions.TrimEntries);
        string? unknown = Array.Find(names, name => !all.Any(one => nameOf(one).StartsWith(name, StringComparison.OrdinalIgnoreCase)));
        if (unknown is not null) throw new ArgumentException($"\"{unknown}\" is none of: {string.Join("; ", all.Select(nameOf))}");
        return [.. all.Where(one => names.Any(name => nameOf(one).StartsWith(name, StringComparison.OrdinalIgnoreCase)))];
    }
}
