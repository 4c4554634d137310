using FastChat.LoadTests;

return await LoadCommand.RunAsync(args);
