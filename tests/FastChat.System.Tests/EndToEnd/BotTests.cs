using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>The bots that the README shows, run as it says: each comes into the lobby and answers.</summary>
public sealed class BotTests
{
    // The first build of a file on a loaded machine.
    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(3);

    // No build server may live on: it would hold the outputs that the kit reads to their end.
    private static readonly Dictionary<string, string?> WithoutBuildServers = new()
    {
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["UseSharedCompilation"] = "false",
    };

    [Fact]
    public async Task The_bot_in_csharp_answers()
    {
        await using (ChildProcess build = ChildProcess.Start(Tools.Dotnet, ["build", Bot("bot.cs")], Checkout.Root, WithoutBuildServers))
        {
            Assert.True(await build.WaitForEndAsync(BuildTime) == 0, build.Describe());
        }
        await AnswersAsync("cs-bot", Tools.Dotnet, "run", "--no-build", Bot("bot.cs"));
    }

    [Fact]
    public async Task The_bot_in_javascript_answers()
    {
        bool hasWs = Directory.Exists(Path.Combine(Checkout.Root, "clients", "js", "node_modules", "ws"));
        Assert.SkipUnless(hasWs, "`npm ci` was not run in clients/js/");
        await AnswersAsync("js-bot", Tools.Node(), Bot("bot.mjs"));
    }

    [Fact]
    public Task The_bot_in_python_answers() => AnswersAsync("py-bot", Tools.Python(), Bot("bot.py"));

    private static string Bot(string file) => Path.Combine(Checkout.Root, "docs", "bots", file);

    private static async Task AnswersAsync(string name, string program, params string[] arguments)
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using ForeignClient person = ForeignClient.NpmWs("ada");
        await person.ConnectAsync(gateway.WebSocketAddress);
        await person.JoinAsync("lobby");

        using TempFolder home = new(); // Takes the guest keys.
        Dictionary<string, string?> environment = new(WithoutBuildServers) { ["XDG_CONFIG_HOME"] = home.Path };
        await using ChildProcess bot = ChildProcess.Start(
            program, [.. arguments, gateway.WebSocketAddress.OriginalString], Checkout.Root, environment);
        try
        {
            Assert.Equal(name, (await person.NextMessageAsync("join")).GetProperty("payload").GetProperty("user").GetString());
            await person.SayAsync("lobby", "!hello");
            await person.UntilSaidAsync("Hello, ada!");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{bot.Describe()}", late);
        }
    }
}
