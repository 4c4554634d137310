#:project ../../src/FastChat.Client
#:property PublishAot=false
using FastChat.Client;

await using FastChatClient chat = new(args.FirstOrDefault() ?? "ws://localhost:8000/ws", "cs-bot", GuestKeyFile.OfUser());
await chat.ConnectAsync();
await chat.JoinAsync("lobby");
await foreach (ChatEvent happened in chat.ReadEventsAsync())
{
    if (happened is MessageReceived { Message: { Text: "!hello" } said }) await chat.PublishAsync("lobby", $"Hello, {said.User}!");
}
