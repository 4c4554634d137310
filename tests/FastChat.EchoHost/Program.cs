// The echo host: `dotnet run --project tests/FastChat.EchoHost -- --urls http://127.0.0.1:9001 --host epoll`, then point a conformance suite at it.
using System.Net;
using FastChat.Codec.WebSockets;
using FastChat.EchoHost;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Rest;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;
using FastChat.Gateway.Transport;
using Microsoft.AspNetCore.Connections;

// 1. Limits that conformance suites pass through: messages to 16 MiB, 70,000 fragments, no idle limit.
const int MessageBytesMax = 16 * 1024 * 1024;
const int FragmentsMax = 70_000;
SessionLimits limits = new()
{
    Receive = new ReceiveLimits(MessageBytesMax, FragmentsMax),
    HeartbeatInterval = TimeSpan.MaxValue,
    IdleTimeout = TimeSpan.MaxValue,
    FirstMessageTimeout = TimeSpan.MaxValue,
    MessageTimeout = TimeSpan.FromMinutes(10),
    OutboxAgeMax = TimeSpan.FromMinutes(10),
    AnswerBytesMax = MessageBytesMax,
};

// 2. The gateway's own way in, on any path and from any origin.
string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != name).Skip(1).FirstOrDefault() ?? otherwise;
string urls = Argument("--urls", "http://127.0.0.1:9001");
bool isEpoll = Argument("--host", EpollHost.IsSupported ? "epoll" : "pipe") == "epoll";
GatewayOptions options = new();
options.Origins.Allowed = ["*"];
options.Limits.AddressConnections = options.Limits.AddressConnectRate = 1_000_000;
Uri address = new(urls);
WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
// A line a request would bury what matters.
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole());
TrustedProxies proxies = new(options.Proxies);
ConnectionLimits connections = new(options.Limits, 100_000, TimeProvider.System);
Admission admission = new(new OriginPolicy(options.Origins, isBoundToLoopback: true), proxies, connections, isReady: () => true, path: default) { AllowsDeflate = true };
EchoCommands commands = new();
using EpollHost? epoll = isEpoll
    ? new(Environment.ProcessorCount, TimeProvider.System, commands, limits, admission, proxies, loggers.CreateLogger<EpollHost>())
    : null;
epoll?.Start();
using PipeHost host = new(epoll?.Loops.Count ?? 0, Environment.ProcessorCount, TimeProvider.System, commands, limits, loggers.CreateLogger<PipeHost>());
Sniffer sniffer = new(host, admission, options.Limits.HandshakeTimeout, TimeProvider.System, loggers.CreateLogger<Sniffer>());
ListenAddress listen = new(address.Host == "localhost" ? "127.0.0.1" : address.Host, address.Port, IsTls: false, IsTcpOnly: false);
builder.WebHost.UseKestrelCore().UseSockets().ConfigureKestrel(kestrel => kestrel.Listen(
    new GatewayEndPoint(IPAddress.Parse(listen.Host), listen),
    endpoint => endpoint.Use(next => context => sniffer.OnConnectedAsync(context, next))));
// Behind Kestrel's own, which would not be added behind another one.
builder.Services.AddSingleton<IConnectionListenerFactory>(new EpollTransport([listen], loggers) { Host = epoll });

// 3. Upgrades later on a kept-alive connection, as in the gateway; what is no upgrade is told so.
UpgradeEndpoint late = new(
    proxies, connections, new HealthState { Phase = GatewayPhase.Ready },
    (transport, form, client, context) => host.RunAsync(transport, form, admission.PeerOf(client), context.Abort), allowsDeflate: true);
await using WebApplication app = builder.Build();
app.Run(context =>
{
    if (context.Request.Headers.Upgrade.Count > 0) return late.AnswerAsync(context);
    context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
    return context.Response.WriteAsync("This host echoes WebSocket messages; nothing else is here.\n");
});
await app.StartAsync();
Console.WriteLine($"The echo host listens on {string.Join(' ', app.Urls)}");
await app.WaitForShutdownAsync();
