using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastChat.System.Tests.Kit;

/// <summary>
/// A client that others wrote, in a process of its own, driven step by step (see the scripts in Clients/). All kinds take and
/// give messages in their JSON shape, so a test treats them alike and compares what they got.
/// </summary>
internal sealed class ForeignClient : IChatClient
{
    private readonly ChildProcess _process;
    private readonly Transcript _transcript = new();

    private ForeignClient(ChildProcess process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The publications it got, history included, whole and in the order in which they came.</summary>
    public IReadOnlyList<Delivery> Deliveries => _transcript.Deliveries;

    /// <summary>The guest key that the first join was answered with.</summary>
    public string? Key { get; private set; }

    /// <summary>JSON on npm's ws.</summary>
    public static ForeignClient NpmWs(string name) => new(Script(Tools.Node(), "json-ws.mjs"), name);

    /// <summary>JSON on Python's websockets.</summary>
    public static ForeignClient PythonWebsockets(string name) => new(Script(Tools.Python(), "json_websockets.py"), name);

    /// <summary>MessagePack on TCP, with Python's msgpack.</summary>
    public static ForeignClient TcpBot(string name) => new(Script(Tools.Python(), "tcp_bot.py"), name);

    /// <summary>Opens a connection; fails with what the client says.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="deflate">The library's settings for permessage-deflate, <c>false</c> for none; null: its defaults.</param>
    public async Task ConnectAsync(Uri address, JsonNode? deflate = null)
    {
        JsonObject command = new() { ["do"] = "connect", ["url"] = address.OriginalString };
        if (deflate is not null) command["deflate"] = deflate;
        await TellAsync(command);
        JsonElement answer = await NextEventAsync("the connection");
        Assert.True(Kind(answer) == "open", $"{Name} could not connect to {address}: {answer}");
    }

    /// <summary>Enters a room as <see cref="Name"/>, with the guest key of an earlier join and after the position given.</summary>
    /// <returns>The payload of the answer.</returns>
    public async Task<JsonElement> JoinAsync(string room, (string Epoch, long Offset)? since = null)
    {
        JsonObject payload = new() { ["room"] = room, ["user"] = Name };
        if (Key is not null) payload["key"] = Key;
        if (since is { } position) payload["since"] = new JsonObject { ["epoch"] = position.Epoch, ["offset"] = position.Offset };
        await SendAsync("join", payload);
        JsonElement history = (await NextMessageAsync("history")).GetProperty("payload");
        if (history.TryGetProperty("you", out JsonElement you) && you.TryGetProperty("key", out JsonElement key)) Key = key.GetString();
        return history;
    }

    /// <inheritdoc/>
    public Task SayAsync(string room, string text) =>
        SendAsync("msg", new JsonObject { ["room"] = room, ["text"] = text, ["id"] = $"{Name}-{text}" });

    /// <summary>Sends any message.</summary>
    public Task SendAsync(string type, JsonObject? payload = null)
    {
        JsonObject message = new() { ["type"] = type };
        if (payload is not null) message["payload"] = payload;
        return TellAsync(new JsonObject { ["do"] = "send", ["message"] = message });
    }

    /// <summary>Closes its connection.</summary>
    public Task CloseAsync() => TellAsync(new JsonObject { ["do"] = "close" });

    /// <summary>The next message of this type, whole; earlier ones of other types are passed over, and kept if they are deliveries.</summary>
    public async Task<JsonElement> NextMessageAsync(string type)
    {
        while (true)
        {
            JsonElement message = await NextEventAsync($"a message {type} for {Name}");
            if (Kind(message) != "message") throw new InvalidOperationException($"{Name} waited for {type} and got {message}");
            JsonElement content = message.GetProperty("message");
            if (content.GetProperty("type").GetString() == type) return content;
        }
    }

    /// <inheritdoc/>
    public async Task UntilSaidAsync(string text)
    {
        while (!_transcript.Has(text)) await NextMessageAsync("msg");
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Line>> TranscriptAsync() =>
        Task.FromResult<IReadOnlyList<Line>>([.. Deliveries.Select(delivery => new Line(delivery.Offset, delivery.User, delivery.Text))]);

    /// <summary>Waits until its connection has ended.</summary>
    /// <returns>The close code, for TCP that of the last message <c>close</c>.</returns>
    public async Task<int> UntilClosedAsync()
    {
        while (true)
        {
            JsonElement happened = await NextEventAsync($"the end of {Name}'s connection");
            if (Kind(happened) == "closed") return happened.GetProperty("code").GetInt32();
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ChildProcess Script(string program, string file) =>
        ChildProcess.Start(program, [Checkout.ClientScript(file)], Path.GetTempPath(), new Dictionary<string, string?> { ["PYTHONDONTWRITEBYTECODE"] = "1" });

    private static string? Kind(JsonElement happened) => happened.GetProperty("event").GetString();

    private Task TellAsync(JsonObject command) => _process.WriteLineAsync(command.ToJsonString());

    private async Task<JsonElement> NextEventAsync(string waitedFor)
    {
        string line = await _process.NextLineAsync(Patience.Answer, waitedFor);
        JsonElement happened;
        try
        {
            happened = JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            throw new InvalidOperationException($"{Name} failed.\n{_process.Describe()}");
        }
        if (Kind(happened) == "message") _transcript.Take(happened.GetProperty("message"));
        return happened;
    }
}
