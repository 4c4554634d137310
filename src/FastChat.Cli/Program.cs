using FastChat.Cli.Commands;
using FastChat.Client;

Surroundings surroundings = new(Console.In, Console.Out, Console.Error, GuestKeyFile.OfUser());
return await FastChatCommand.RunAsync(args, surroundings, CancellationToken.None);
