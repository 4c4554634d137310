using System.CommandLine;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary><c>fastchat bot</c>: runs the <see cref="EchoBot"/>.</summary>
internal static class BotCommand
{
    public static Command Create(Surroundings surroundings)
    {
        Command command = new("bot", $"Runs a bot that answers messages beginning with \"{EchoBot.Prefix}\", until Ctrl-C.");
        GatewayOptions gateway = new(command, defaultUser: "echo-bot");
        Option<string> room = new("--room") { Description = "The room.", DefaultValueFactory = _ => FastChatClient.DefaultRoom };
        command.Add(room);
        command.SetAction((parsed, cancellationToken) => FastChatCommand.GuardAsync(
            surroundings,
            () =>
            {
                GatewayAccess access = gateway.Read(parsed, surroundings, onlyPublishes: false);
                string where = parsed.GetRequiredValue(room);
                return access.RunAsync(async client =>
                {
                    await client.ConnectAsync(cancellationToken);
                    await client.JoinAsync(where, limit: 0, cancellationToken: cancellationToken);
                    await surroundings.Output.WriteLineAsync($"{client.User} is in {where}; say \"{EchoBot.Prefix}hello\" there. Ctrl-C ends it.");
                    await new EchoBot(client, surroundings.Error).RunAsync(cancellationToken);
                });
            },
            whenEnded: 0,
            cancellationToken));
        return command;
    }
}
