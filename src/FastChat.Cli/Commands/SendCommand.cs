using System.CommandLine;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary><c>fastchat send</c>: publishes its arguments, or the lines of its input, and ends once the gateway has them.</summary>
internal static class SendCommand
{
    /// <summary>Exit code when it was ended from outside: it is not known what was sent.</summary>
    private const int Interrupted = 130;

    /// <summary>Until a message that was too fast is tried again, when the gateway does not say.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public static Command Create(Surroundings surroundings)
    {
        Command command = new("send", "Publishes a message, or each line of the input, and ends once the gateway has it.");
        GatewayOptions gateway = new(command, GatewayOptions.SystemUser);
        Option<string> room = new("--room") { Description = "The room.", DefaultValueFactory = _ => FastChatClient.DefaultRoom };
        Option<bool> verbose = new("--verbose") { Description = "Write room, position and id of each message." };
        Argument<string[]> text = new("TEXT") { Description = "The message, or - for one message from each line of the input.", Arity = ArgumentArity.OneOrMore };
        command.Add(room);
        command.Add(verbose);
        command.Add(text);
        command.SetAction((parsed, cancellationToken) => FastChatCommand.GuardAsync(
            surroundings,
            () =>
            {
                string[] words = parsed.GetRequiredValue(text);
                GatewayAccess access = gateway.Read(parsed, surroundings, onlyPublishes: true);
                string where = parsed.GetRequiredValue(room);
                return access.RunAsync(async client =>
                {
                    await client.ConnectAsync(cancellationToken);
                    await client.JoinAsync(where, limit: 0, cancellationToken: cancellationToken);
                    await foreach (string line in LinesAsync(words, surroundings.Input, cancellationToken))
                    {
                        PublishAck ack = await PublishAsync(client, where, line, cancellationToken);
                        if (parsed.GetValue(verbose)) await surroundings.Output.WriteLineAsync($"{ack.Room} {ack.Position} {ack.Id}");
                    }
                });
            },
            Interrupted,
            cancellationToken));
        return command;
    }

    private static async IAsyncEnumerable<string> LinesAsync(
        string[] words, TextReader input, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (words is not ["-"])
        {
            yield return string.Join(' ', words);
            yield break;
        }
        // A console's reader does not look at the token while it waits for a line.
        while (await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken) is string line)
        {
            if (line.Length > 0) yield return line;
        }
    }

    /// <summary>One after the other, so that order stays; no faster than the gateway likes.</summary>
    private static async Task<PublishAck> PublishAsync(FastChatClient client, string room, string line, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await client.PublishAsync(room, line, cancellationToken);
            }
            catch (FastChatException tooFast) when (tooFast.Error == FastChatError.RateLimited)
            {
                await Task.Delay(tooFast.RetryAfter ?? RetryDelay, cancellationToken);
            }
        }
    }
}
