using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Rest;
using FastChat.Gateway.Security;

try
{
    // 1. What the operator asks for. All that is wrong with it is told at once.
    List<string> problems = [];
    CommandLine line = CommandLine.Parse(args, problems);
    if (Banner.AnswerTo(line.Task) is string answer)
    {
        Console.Out.Write(answer);
        return 0;
    }
    GatewayOptions options = ConfigurationSources.Read(line, Environment.GetEnvironmentVariables(), problems);
    if (problems.Count > 0) throw new StartException(StartException.WrongConfiguration, problems);
    TlsCertificate? certificate = TlsCertificate.Load(options.Listen);
    if (line.Task == CommandLineTask.CheckConfiguration)
    {
        Console.WriteLine("The configuration is good.");
        return 0;
    }

    // 2. What outlives the process.
    using DataFolder folder = DataFolder.Open(options.Data.Folder);
    GuestKeys guestKeys = new(SigningKeys.Load(options.Auth.SigningKeyFile, folder));

    // 3. Who may come in.
    TimeProvider time = TimeProvider.System;
    bool isBoundToLoopback = ListenAddress.Resolve(options.Listen, []).TrueForAll(address => address.IsLoopback);
    int connectionsMax = options.Limits.ConnectionsMax ?? ConnectionCapacity.OfThisMachine(options.Listen);
    OriginPolicy origins = new(options.Origins, isBoundToLoopback);
    TrustedProxies proxies = new(options.Proxies);
    ConnectionLimits limits = new(options.Limits, connectionsMax, time);

    // 4. The chat, and what is served over HTTP.
    HealthState health = new();
    health.Report("data", folder.IsWritable ? HealthStatus.Up : HealthStatus.Degraded, folder.Fault ?? "folder");
    health.Report("log", HealthStatus.Up, "memory");
    await using GatewayServer server = new(options, certificate);
    using ChatCore chat = new(options, guestKeys, origins, proxies, limits, health, time, server.Loggers);
    ApiEndpoint api = new(options);
    RestApi rest = new(
        origins, proxies, api, new PageEndpoints(WebAssets.Embedded(), api), new HealthEndpoints(health),
        new SendMessage(options, proxies, limits, chat.Sender.SendAsync, time),
        new UpgradeEndpoint(proxies, limits, health, chat.RunLateUpgradeAsync, OptionMapping.AllowsDeflate(options.Rooms)));
    server.Serve(chat, rest.Map);

    // 5. Up, until asked to stop.
    if (!folder.IsWritable) Console.Error.WriteLine($"warning: Data:Folder {folder.FullPath} cannot be written ({folder.Fault}); signing keys stay in memory");
    await server.StartAsync(CancellationToken.None);
    health.Phase = GatewayPhase.Ready;
    using CancellationTokenRegistration draining = server.Stopping.Register(chat.Drain);
    Console.WriteLine(Banner.Write(options, server, folder, connectionsMax));
    await server.WaitForShutdownAsync(CancellationToken.None);
    return 0;
}
catch (StartException failure)
{
    foreach (string problem in failure.Problems) Console.Error.WriteLine(problem);
    return failure.ExitCode;
}
