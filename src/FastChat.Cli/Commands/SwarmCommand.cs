using System.CommandLine;
using System.Globalization;
using FastChat.Swarm;

namespace FastChat.Cli.Commands;

/// <summary><c>fastchat swarm</c>: many connections at once, to see what a gateway bears.</summary>
internal static class SwarmCommand
{
    private const string DefaultUrl = "ws://localhost:8000/ws";

    public static Command Create(Surroundings surroundings)
    {
        Command command = new("swarm", "Opens many connections, publishes at a rate, and checks and times what comes to whom.");
        Option<string> url = new("--url")
        {
            Description = "The gateway: ws, http or tcp://host:port; FASTCHAT_URL when not given.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("FASTCHAT_URL") is { Length: > 0 } given ? given : DefaultUrl,
        };
        Option<string?> form = new("--form") { Description = "msgpack, json or tcp." };
        Option<int> connections = new("--connections") { Description = "How many.", DefaultValueFactory = _ => 100 };
        Option<int> rooms = new("--rooms") { Description = "Rooms that they are spread over.", DefaultValueFactory = _ => 10 };
        Option<int> rate = new("--rate") { Description = "Messages a second, of all together; 0 for none.", DefaultValueFactory = _ => 10 };
        Option<string> duration = new("--duration") { Description = "How long, such as 30s or 5m.", DefaultValueFactory = _ => "10s" };
        Option<int> size = new("--size") { Description = "Bytes of a message's text.", DefaultValueFactory = _ => 128 };
        foreach (Option option in (Option[])[url, form, connections, rooms, rate, duration, size]) command.Add(option);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            surroundings,
            () => new SwarmRun(
                new SwarmOptions
                {
                    Target = SwarmTarget.Parse(parsed.GetRequiredValue(url), parsed.GetValue(form)),
                    Connections = Within(parsed.GetValue(connections), 1, "--connections"),
                    Rooms = Math.Min(Within(parsed.GetValue(rooms), 1, "--rooms"), parsed.GetValue(connections)),
                    Run = Random.Shared.Next(0x1000000).ToString("x6", CultureInfo.InvariantCulture),
                    TextBytes = Within(parsed.GetValue(size), SwarmText.BytesMin, "--size"),
                },
                Within(parsed.GetValue(rate), 0, "--rate"),
                SwarmDuration.Parse(parsed.GetRequiredValue(duration)),
                surroundings.Output),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, Func<SwarmRun> make, CancellationToken cancellationToken)
    {
        bool isGood = false;
        int exitCode = await FastChatCommand.GuardAsync(
            surroundings, async () => isGood = await make().RunAsync(cancellationToken), whenEnded: FastChatCommand.Failed, cancellationToken);
        return exitCode == 0 && !isGood ? FastChatCommand.Failed : exitCode;
    }

    private static int Within(int value, int least, string option) =>
        value >= least ? value : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{option} is at least {least}."));
}
