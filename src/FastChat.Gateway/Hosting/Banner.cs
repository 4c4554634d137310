using System.Globalization;
using System.Reflection;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Hosting;

/// <summary>What the gateway says of itself on the console.</summary>
internal static class Banner
{
    /// <summary>The version of this build, without the commit behind the plus.</summary>
    public static string Version { get; } =
        typeof(Banner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>The lines shown once all is up.</summary>
    public static string Write(GatewayOptions options, GatewayServer server, DataFolder folder, int connectionsMax)
    {
        LimitsOptions limits = options.Limits;
        List<string> lines = [$"FastChat {Version}, embedded: one process, rooms in memory"];
        lines.AddRange(server.Urls.Select(url => $"  open    {url}"));
        lines.AddRange(server.TcpUrls.Select(url => $"  tcp     {url}"));
        lines.Add(folder.IsWritable ? $"  data    {folder.FullPath}" : $"  data    in memory; {folder.FullPath} cannot be written");
        lines.Add(string.Create(CultureInfo.InvariantCulture,
            $"  limits  {connectionsMax:N0} connections, {limits.AddressConnections:N0} an address, {limits.MessageBytesMax:N0} bytes a message, {limits.RoomsMax:N0} rooms"));
        lines.Add("  stop    Ctrl+C");
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>What is printed for a command line that asks something; null when it asks to run.</summary>
    public static string? AnswerTo(CommandLineTask task) => task switch
    {
        CommandLineTask.ShowHelp => Help + "\n",
        CommandLineTask.ShowVersion => Version + "\n",
        CommandLineTask.PrintOptions => OptionsMarkdown.Write(),
        _ => null,
    };

    public const string Help = """
        FastChat gateway: WebSocket, TCP and HTTP on one port.

        usage: FastChat.Gateway [--urls URL[;URL]] [--config FILE] [--Section:Key=value …]

          --urls URL         where to listen; default http://localhost:8000
          --config FILE      options as JSON; default fastchat.json in the current folder, if it is there
          --Section:Key=…    any option, such as --Limits:MessageBytesMax=128KB
          --check-config     check all options and stop
          --print-options    print all options, their defaults and ranges, as Markdown
          --version, --help

        Options can also be set as environment variables FASTCHAT_Section__Key.
        Exit codes: 0 stopped when asked, 1 cannot start, 2 wrong configuration.
        """;
}
