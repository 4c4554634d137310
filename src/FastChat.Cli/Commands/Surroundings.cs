using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary>What a command reads from and writes to.</summary>
/// <param name="Input">Messages of <c>send -</c>.</param>
/// <param name="Output">What was asked for.</param>
/// <param name="Error">Why it was not, and what happens meanwhile; a line each.</param>
/// <param name="Keys">The user's guest keys.</param>
internal sealed record Surroundings(TextReader Input, TextWriter Output, TextWriter Error, GuestKeyFile Keys);
