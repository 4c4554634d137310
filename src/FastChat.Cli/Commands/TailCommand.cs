using System.CommandLine;
using FastChat.Cli.Terminal;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary><c>fastchat tail</c>: writes what is said in rooms until it is ended.</summary>
internal static class TailCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Command command = new("tail", "Writes what is said in rooms, until Ctrl-C.");
        GatewayOptions gateway = new(command, GatewayOptions.SystemUser);
        Option<string[]> rooms = new("--room") { Description = "A room; may be given several times.", DefaultValueFactory = _ => [FastChatClient.DefaultRoom] };
        Option<string?> since = new("--since") { Description = "Go on after this position, EPOCH:OFFSET; with one room only." };
        Option<bool> json = new("--json") { Description = "Write the protocol's JSON envelopes, one a line." };
        command.Add(rooms);
        command.Add(since);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => FastChatCommand.GuardAsync(
            surroundings,
            () =>
            {
                string[] wanted = [.. parsed.GetRequiredValue(rooms).Distinct(StringComparer.Ordinal)];
                Position? from = PositionOf(parsed.GetValue(since), wanted);
                EventPrinter printer = new(surroundings.Output, surroundings.Error, parsed.GetValue(json), withRoom: wanted.Length > 1);
                GatewayAccess access = gateway.Read(parsed, surroundings, onlyPublishes: false);
                return access.RunAsync(client => RunAsync(client, printer, wanted, from, cancellationToken));
            },
            whenEnded: 0,
            cancellationToken));
        return command;
    }

    private static async Task RunAsync(
        FastChatClient client, EventPrinter printer, string[] rooms, Position? since, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // From the start, so that waiting for the gateway says why.
        Task printing = PrintAsync(client, printer, rooms.Length, ending.Token);
        try
        {
            await client.ConnectAsync(cancellationToken);
            foreach (string room in rooms) await client.JoinAsync(room, since, cancellationToken: cancellationToken);
            await printing;
        }
        finally
        {
            await ending.CancelAsync();
            await printing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends with the failure that leaves nothing to write.</summary>
    private static async Task PrintAsync(FastChatClient client, EventPrinter printer, int roomCount, CancellationToken cancellationToken)
    {
        await foreach (ChatEvent happened in client.ReadEventsAsync(cancellationToken))
        {
            if (happened is StateChanged { State: ConnectionState.Closed, Error: FastChatException closed }) throw closed;
            if (happened is RoomLost lost && --roomCount == 0) throw lost.Error;
            printer.Print(happened);
        }
    }

    private static Position? PositionOf(string? since, string[] rooms)
    {
        if (since is null) return null;
        if (rooms.Length > 1) throw new ArgumentException("--since goes with one room only.");
        return Position.TryParse(since, out Position position) ? position : throw new ArgumentException($"--since: {since} is not EPOCH:OFFSET.");
    }
}
