using SignalRChat;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
// The load client answers nothing while it idles: its silence must not end the measurement. Everything else is SignalR's default.
builder.Services.AddSignalR(static options => options.ClientTimeoutInterval = TimeSpan.FromMinutes(30));
WebApplication app = builder.Build();
app.MapHub<ChatHub>("/chat");
await app.StartAsync();
Console.WriteLine($"SignalR chat at {app.Urls.First()}/chat");
await app.WaitForShutdownAsync();
