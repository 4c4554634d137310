using FastChat.Cli.Terminal;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary>
/// A bot to copy from. It answers messages that begin with <c>!echo </c> in the rooms that its client has joined, survives lost
/// connections and a gateway that finds it too fast, and ends with the client.
/// </summary>
internal sealed class EchoBot
{
    /// <summary>What it answers to.</summary>
    public const string Prefix = "!echo ";

    /// <summary>Marks what bots say. A bot answers no bot, itself included: two of them would never stop.</summary>
    private const string BotKind = "bot";

    private readonly FastChatClient _client;
    private readonly TextWriter _log;

    /// <param name="client">Connected and joined; borrowed.</param>
    /// <param name="log">Told of answers that could not be given and of lost connections, a line each.</param>
    public EchoBot(FastChatClient client, TextWriter log)
    {
        _client = client;
        _log = log;
    }

    /// <summary>Answers until the token or the client ends it.</summary>
    /// <exception cref="FastChatException">The gateway does not want it back, or a room was lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (ChatEvent happened in _client.ReadEventsAsync(cancellationToken))
        {
            switch (happened)
            {
                case MessageReceived { Message: ChatMessage message } when AnswerTo(message) is string answer:
                    await SayAsync(message.Room, answer, cancellationToken);
                    break;
                case StateChanged { State: ConnectionState.Waiting, Error: FastChatException lost }:
                    await _log.WriteLineAsync(FastChatCommand.Describe(lost)); // The client comes back by itself.
                    break;
                case StateChanged { State: ConnectionState.Closed, Error: FastChatException closed }:
                    throw closed;
                case RoomLost lost:
                    throw lost.Error;
            }
        }
    }

    private static string? AnswerTo(ChatMessage message)
    {
        bool isOurs = message.Id is not null; // Only its author is told a message's id.
        if (isOurs || message.Kind == BotKind || message.Text is not string text) return null;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length > Prefix.Length ? text[Prefix.Length..] : null;
    }

    private async Task SayAsync(string room, string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _client.PublishAsync(room, new OutgoingMessage { Text = text, Kind = BotKind }, cancellationToken);
                return;
            }
            catch (FastChatException error) when (error is { Error: FastChatError.RateLimited, RetryAfter: TimeSpan delay })
            {
                await Task.Delay(delay, cancellationToken);
            }
            catch (FastChatException error)
            {
                // One answer less; if the client is closed, its last event says so.
                await _log.WriteLineAsync($"{FastChatCommand.Describe(error)}: {TerminalText.Escape(text)}");
                return;
            }
        }
    }
}
