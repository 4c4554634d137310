using System.Diagnostics;
using System.Text.Json;

namespace FastChat.System.Tests.Kit;

/// <summary>What a peer speaks.</summary>
public enum Spoken
{
    Json,
    MessagePack,
    Tcp,
}

/// <summary>What a peer was told, as much of it as tests look at.</summary>
/// <param name="Type">Such as <c>msg</c>; <c>closed</c> for the end.</param>
/// <param name="Room">Of the message.</param>
/// <param name="Text">Of a publication, or the code of an error.</param>
/// <param name="Number">The offset of a publication, how many are present, or the close code.</param>
internal sealed record Heard(string Type, string? Room, string? Text, long Number);

/// <summary>A person on any wire form, over any way in, whose every byte the test can choose; answers pings while it reads.</summary>
internal sealed class ChatPeer : IAsyncDisposable
{
    private static readonly Dictionary<long, string> s_types = new()
    {
        [1] = "join", [2] = "leave", [3] = "msg", [5] = "presence", [6] = "history", [7] = "ping", [8] = "pong", [16] = "ack",
        [17] = "error", [18] = "position", [19] = "gap", [20] = "close",
    };

    private readonly Spoken _form;
    private readonly Queue<Heard> _heard = [];
    private int _closeCode;

    private ChatPeer(WireConnection connection, Spoken form)
    {
        Connection = connection;
        _form = form;
    }

    /// <summary>Its bytes.</summary>
    public WireConnection Connection { get; }

    /// <summary>Every form over every way in that there is for it.</summary>
    public static IEnumerable<(Spoken Form, WayIn Way)> AllWays =>
    [
        (Spoken.Json, WayIn.Plain), (Spoken.MessagePack, WayIn.Plain), (Spoken.Tcp, WayIn.Plain),
        (Spoken.Json, WayIn.Tls), (Spoken.MessagePack, WayIn.Tls), (Spoken.Tcp, WayIn.Tls),
        (Spoken.Json, WayIn.Late), (Spoken.MessagePack, WayIn.LateOverTls),
    ];

    /// <summary>Connects and does the handshake.</summary>
    /// <param name="gateway">Must serve TLS where the route needs it.</param>
    /// <param name="form">What it speaks.</param>
    /// <param name="route">How it comes in.</param>
    /// <param name="headers">Further header lines of the upgrade, each ended by CR LF.</param>
    public static async Task<ChatPeer> ConnectAsync(IGatewayUnderTest gateway, Spoken form, Route route, string headers = "")
    {
        ChatPeer peer = new(await route.OpenAsync(gateway), form);
        await peer.Connection.SendAsync(peer.Bytes.Handshake(headers));
        await peer.ReadHandshakeAsync();
        return peer;
    }

    /// <summary>Connects and enters a room.</summary>
    public static async Task<ChatPeer> JoinedAsync(IGatewayUnderTest gateway, string room, string user, Spoken form, Route route)
    {
        ChatPeer peer = await ConnectAsync(gateway, form, route);
        await peer.JoinAsync(room, user);
        return peer;
    }

    /// <summary>A peer on a connection that got its handshake some other way; <see cref="ReadHandshakeAsync"/> reads the answer.</summary>
    public static ChatPeer On(WireConnection connection, Spoken form) => new(connection, form);

    /// <summary>Reads the answer to the handshake, which must be the right one.</summary>
    public async Task ReadHandshakeAsync()
    {
        if (_form != Spoken.Tcp) await Upgrade.ReadAcceptedAsync(Connection);
        else Assert.Equal(TcpPeer.Preface[4..], await Connection.ReadTcpFrameAsync());
    }

    /// <summary>Whether it answers pings while it reads; not while it is within a message, or the answer would be part of that.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Makes the bytes that it sends.</summary>
    public FormBytes Bytes => new(_form);

    /// <summary>Enters a room and reads the answer.</summary>
    public async Task JoinAsync(string room, string user)
    {
        await Connection.SendAsync(Bytes.Join(room, user));
        await NextAsync("history");
    }

    /// <summary>Publishes.</summary>
    public Task SayAsync(string room, string text) => Connection.SendAsync(Bytes.Say(room, text));

    /// <summary>How many people are present.</summary>
    public async Task<long> CountPresentAsync(string room)
    {
        await Connection.SendAsync(Bytes.AskPresence(room));
        return (await NextAsync("presence")).Number;
    }

    /// <summary>The next message; one of type <c>closed</c> once the connection has ended, with the code that it was told, 0 for none.</summary>
    public async Task<Heard> NextAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (_heard.Count == 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience.Answer) throw new TimeoutException("nothing but pings came");
            try
            {
                bool goesOn = _form == Spoken.Tcp ? await ReadTcpAsync() : await ReadFrameAsync();
                if (!goesOn) return new Heard("closed", null, null, _closeCode);
            }
            catch (EndOfStreamException)
            {
                // Cut off within a frame.
                return new Heard("closed", null, null, _closeCode);
            }
        }
        return _heard.Dequeue();
    }

    /// <summary>The next message of a type; others are passed over.</summary>
    public async Task<Heard> NextAsync(string type)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Heard heard = await NextAsync();
            if (heard.Type == type) return heard;
            if (heard.Type == "error") throw new InvalidOperationException($"refused with {heard.Text} while {type} was waited for");
            if (heard.Type == "closed") throw new EndOfStreamException($"the connection ended ({Connection.End}, {heard.Number}) before {type} came");
            if (Stopwatch.GetElapsedTime(start) > Patience.Answer) throw new TimeoutException($"no {type} came");
        }
    }

    /// <summary>Reads until a publication with this text has come.</summary>
    public async Task UntilSaidAsync(string text)
    {
        while ((await NextAsync("msg")).Text != text)
        {
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The close code; 0 when none was told.</returns>
    public async Task<int> UntilClosedAsync()
    {
        while (true)
        {
            Heard heard = await NextAsync();
            if (heard.Type == "closed") return (int)heard.Number;
        }
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    /// <returns>False at the end.</returns>
    private async Task<bool> ReadTcpAsync()
    {
        byte[]? payload = await Connection.ReadTcpFrameAsync();
        if (payload is not null) await HearAsync(payload);
        return payload is not null;
    }

    /// <inheritdoc cref="ReadTcpAsync"/>
    private async Task<bool> ReadFrameAsync()
    {
        WireFrame? frame = await Connection.ReadFrameAsync();
        switch (frame?.Opcode)
        {
            case null:
                return false;
            case WireFrame.Ping:
                if (AnswersPings) await Connection.TrySendAsync(WireFrame.Of(WireFrame.Pong, frame.Payload));
                break;
            case WireFrame.Close:
                _closeCode = frame.CloseCode;
                await Connection.TrySendAsync(WireFrame.CloseOf(_closeCode));
                break;
            case WireFrame.Text:
                _heard.Enqueue(HeardIn(JsonElement.Parse(frame.Payload)));
                break;
            default:
                await HearAsync(frame.Payload);
                break;
        }
        return true;
    }

    private async Task HearAsync(byte[] payload)
    {
        int at = 0;
        while (at < payload.Length)
        {
            object?[] message = (object?[])Packed.Read(payload, ref at)!;
            string type = s_types.GetValueOrDefault((long)message[0]!, "unknown");
            if (type != "ping") _heard.Enqueue(HeardIn(type, message));
            else if (AnswersPings) await Connection.TrySendAsync(TcpPeer.Frame(Packed.Array(8)));
            if (type == "close") _closeCode = (int)(long)message[1]!;
        }
    }

    private static Heard HeardIn(string type, object?[] message) => type switch
    {
        "msg" => new Heard(type, message[1] as string, message[6] as string, message[3] as long? ?? 0),
        "history" => new Heard(type, message[2] as string, null, message[4] as long? ?? 0),
        "presence" => new Heard(type, message[2] as string, null, message[4] as long? ?? 0),
        "gap" => new Heard(type, message[1] as string, null, message[4] as long? ?? 0),
        "error" => new Heard(type, message.ElementAtOrDefault(4) as string, message[1] as string, message.ElementAtOrDefault(5) as long? ?? 0),
        "ack" => new Heard(type, message[2] as string, message[1] as string, message.ElementAtOrDefault(4) as long? ?? 0),
        "close" => new Heard(type, null, message[2] as string, message[4] as long? ?? 0),
        _ => new Heard(type, message.ElementAtOrDefault(1) as string, null, 0),
    };

    private static Heard HeardIn(JsonElement message)
    {
        string type = message.GetProperty("type").GetString()!;
        if (!message.TryGetProperty("payload", out JsonElement payload)) payload = message;
        return new Heard(
            type, TextOf(payload, "room"), TextOf(payload, type switch { "error" => "code", "ack" => "id", "close" => "reason", _ => "text" }),
            NumberOf(payload, type switch { "presence" => "count", "gap" => "to", "error" => "retryAfterMs", "close" => "delayMs", _ => "offset" }));
    }

    private static string? TextOf(JsonElement payload, string name) => payload.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long NumberOf(JsonElement payload, string name) => payload.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;
}
