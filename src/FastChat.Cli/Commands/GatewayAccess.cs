using FastChat.Cli.Terminal;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary>Gets a command's client in, under another name where none was asked for.</summary>
internal sealed class GatewayAccess
{
    private readonly Func<string, FastChatClientOptions> _makeOptions;
    private readonly bool _mayBeOther;
    private readonly Surroundings _surroundings;
    private string _user;

    /// <param name="makeOptions">Makes the client's options of a name.</param>
    /// <param name="user">The name to come in under.</param>
    /// <param name="mayBeOther">Whether another name will do when that one is taken.</param>
    /// <param name="surroundings">Told when another name was taken.</param>
    public GatewayAccess(Func<string, FastChatClientOptions> makeOptions, string user, bool mayBeOther, Surroundings surroundings)
    {
        _makeOptions = makeOptions;
        _user = user;
        _mayBeOther = mayBeOther;
        _surroundings = surroundings;
    }

    /// <summary>Does the command's work with a client, again under another name when the name is taken.</summary>
    public async Task RunAsync(Func<FastChatClient, Task> work)
    {
        while (true)
        {
            await using FastChatClient client = new(_makeOptions(_user));
            try
            {
                await work(client);
                return;
            }
            catch (FastChatException taken) when (_mayBeOther && taken.Error == FastChatError.NameTaken && taken.Suggestion is not null)
            {
                _user = taken.Suggestion;
                await _surroundings.Error.WriteLineAsync($"fastchat: the name is taken; coming in as {TerminalText.Escape(_user)}");
            }
        }
    }
}
