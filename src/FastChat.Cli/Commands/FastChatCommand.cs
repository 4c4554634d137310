using System.CommandLine;
using FastChat.Cli.Terminal;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary>The command <c>fastchat</c>: what its parts have in common.</summary>
internal static class FastChatCommand
{
    /// <summary>Exit code of what failed; the reason is one line on the error output.</summary>
    public const int Failed = 1;

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="surroundings">Borrowed.</param>
    /// <param name="cancellationToken">Ends it as Ctrl-C and SIGTERM do.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Surroundings surroundings, CancellationToken cancellationToken)
    {
        RootCommand root = new("Talks to a FastChat gateway.")
        {
            TailCommand.Create(surroundings),
            SendCommand.Create(surroundings),
            BotCommand.Create(surroundings),
            SwarmCommand.Create(surroundings),
        };
        InvocationConfiguration configuration = new()
        {
            Output = surroundings.Output,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
        };
        return await root.Parse(arguments).InvokeAsync(configuration, cancellationToken);
    }

    /// <summary>Runs the work of a command and turns its failure into one line and an exit code.</summary>
    /// <param name="surroundings">Borrowed.</param>
    /// <param name="work">The command.</param>
    /// <param name="whenEnded">Exit code when the user ends it.</param>
    /// <param name="cancellationToken">Given by Ctrl-C or SIGTERM.</param>
    public static async Task<int> GuardAsync(Surroundings surroundings, Func<Task> work, int whenEnded, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return whenEnded;
        }
        catch (FastChatException error)
        {
            await surroundings.Error.WriteLineAsync(Describe(error));
            return Failed;
        }
        catch (Exception error) when (error is ArgumentException or IOException or System.Net.Sockets.SocketException)
        {
            await surroundings.Error.WriteLineAsync($"fastchat: {TerminalText.Escape(error.Message)}");
            return Failed;
        }
    }

    /// <summary>A failure in one line that begins with its name.</summary>
    public static string Describe(FastChatException error)
    {
        string suggestion = error.Suggestion is null ? "" : $" ({TerminalText.Escape(error.Suggestion)} is free)";
        return $"fastchat: {TerminalText.Escape(error.Code)}: {TerminalText.Escape(error.Message)}{suggestion}";
    }
}
