using System.Text.Json;
using System.Text.Json.Nodes;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.KitTests;

/// <summary>The clients that others wrote, against a server that others wrote: what fails here is the kit, not the gateway.</summary>
public sealed class ForeignClientTests
{
    [Fact]
    public async Task A_node_and_a_python_client_hear_each_other()
    {
        await using ChildProcess server = ChildProcess.Start(Tools.Python(), [Checkout.ClientScript("json_server.py")], Path.GetTempPath());
        JsonElement open = JsonElement.Parse(await server.NextLineAsync(Patience.Process, "the server"));
        Uri address = new($"ws://127.0.0.1:{open.GetProperty("port").GetInt32()}/");
        await using ForeignClient node = ForeignClient.NpmWs("node");
        await using ForeignClient python = ForeignClient.PythonWebsockets("python");
        await node.ConnectAsync(address);
        await python.ConnectAsync(address);

        await python.SendAsync("msg", Message("python", "hello", 1));
        await node.UntilSaidAsync("hello");
        await node.SendAsync("msg", Message("node", "čau \u2028 🎈", 2));
        await python.UntilSaidAsync("čau \u2028 🎈");
        await node.UntilSaidAsync("čau \u2028 🎈");

        Assert.Equal(["hello", "čau \u2028 🎈"], node.Deliveries.Select(delivery => delivery.Text));
        Assert.Equal(node.Deliveries, python.Deliveries);
        await node.CloseAsync();
        Assert.Equal(1005, await node.UntilClosedAsync());
    }

    [Fact]
    public async Task A_client_that_cannot_connect_says_so()
    {
        await using ForeignClient python = ForeignClient.PythonWebsockets("python");
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => python.ConnectAsync(new Uri("ws://127.0.0.1:1/")));
        Assert.Contains("could not connect", refused.Message, StringComparison.Ordinal);
    }

    private static JsonObject Message(string user, string text, long offset) =>
        new() { ["room"] = "lobby", ["user"] = user, ["text"] = text, ["ts"] = 1, ["epoch"] = "e", ["offset"] = offset };
}
