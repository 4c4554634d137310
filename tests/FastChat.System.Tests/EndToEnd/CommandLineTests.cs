using System.Text.Json;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>The command <c>fastchat</c> as a process, with the real gateway.</summary>
public sealed class CommandLineTests : IDisposable
{
    private static readonly string Dll = Checkout.Built("src/FastChat.Cli", "fastchat.dll");

    private readonly TempFolder _home = new();

    [Fact]
    public async Task What_send_publishes_tail_writes_and_the_bot_answers()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using ChildProcess bot = Start("bot", "--url", gateway.TcpAddress.OriginalString);
        await bot.WaitForLineAsync(line => line.StartsWith("echo-bot is in lobby", StringComparison.Ordinal), Patience.Process, "the bot");
        await using ChildProcess first = Start("send", "--url", gateway.Address.OriginalString, "--user", "ada", "--verbose", "first");
        Assert.Equal(0, await first.WaitForEndAsync(Patience.Process));
        Assert.Matches("^lobby .+:1 .+$", Assert.Single(first.OutputLines));
        await using ChildProcess tail = Start("tail", "--url", gateway.WebSocketAddress.OriginalString, "--user", "ada", "--json");
        Assert.Equal("first", (await NextMessageAsync(tail)).GetProperty("text").GetString());
        await using ChildProcess send = Start("send", "--url", gateway.Address.OriginalString, "--user", "ada", "!echo", "hello\u001b");
        Assert.Equal(0, await send.WaitForEndAsync(Patience.Process));
        Assert.Empty(send.OutputLines);

        // Ada sends and tails as one person: the tail is told the message's id, as its author.
        JsonElement asked = await NextMessageAsync(tail);
        Assert.Equal(("ada", "!echo hello\u001b"), (asked.GetProperty("user").GetString(), asked.GetProperty("text").GetString()));
        Assert.True(asked.TryGetProperty("id", out _));
        JsonElement answer = await NextMessageAsync(tail);
        Assert.Equal(
            ("echo-bot", "hello\u001b", "bot"),
            (answer.GetProperty("user").GetString(), answer.GetProperty("text").GetString(), answer.GetProperty("kind").GetString()));
        Assert.DoesNotContain(tail.OutputLines, line => line.Contains('\u001b', StringComparison.Ordinal));

        Assert.Equal(0, await tail.StopAsync(Patience.Process));
        Assert.Equal(0, await bot.StopAsync(Patience.Process));
    }

    [Fact]
    public async Task Send_takes_the_lines_of_a_pipe_and_keeps_their_order()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync("--Limits:ApplyToLoopback=true", "--Limits:GuestPublishBurst=10");
        await using DotnetClient observer = await DotnetClient.JoinedAsync("observer", gateway.TcpAddress, "lobby");
        await using ChildProcess send = ChildProcess.Start(
            "/bin/sh", ["-c", "seq 1 20 | \"$0\" exec \"$1\" send --url \"$2\" --user ada -", Tools.Dotnet, Dll, gateway.TcpAddress.OriginalString],
            _home.Path, Environment());
        Assert.True(await send.WaitForEndAsync(Patience.Process) == 0, send.Describe());
        await observer.UntilSaidAsync("20");
        Assert.Equal(Enumerable.Range(1, 20).Select(number => $"{number}"), observer.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_one_line_and_an_exit_code()
    {
        await using ChildProcess send = Start("send", "--url", "tcp://127.0.0.1:1", "hello");
        Assert.Equal(1, await send.WaitForEndAsync(Patience.Process));
        Assert.Equal("fastchat: connection_lost: Cannot connect to tcp://127.0.0.1:1/: Connection refused", Assert.Single(send.OutputLines));
    }

    public void Dispose() => _home.Dispose();

    private static async Task<JsonElement> NextMessageAsync(ChildProcess tail)
    {
        string line = await tail.WaitForLineAsync(line => line.StartsWith("{\"type\":\"msg\"", StringComparison.Ordinal), Patience.Process, "a message");
        return JsonDocument.Parse(line).RootElement.GetProperty("payload");
    }

    private ChildProcess Start(params string[] arguments) => ChildProcess.Start(Tools.Dotnet, ["exec", Dll, .. arguments], _home.Path, Environment());

    private Dictionary<string, string?> Environment() => new()
    {
        ["XDG_CONFIG_HOME"] = _home.Path,
        ["FASTCHAT_URL"] = null,
        ["FASTCHAT_USER"] = null,
        ["FASTCHAT_TOKEN"] = null,
    };
}
