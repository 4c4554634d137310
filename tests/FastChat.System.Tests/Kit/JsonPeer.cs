using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace FastChat.System.Tests.Kit;

/// <summary>A person on the JSON form whose every byte the test can choose; answers pings while it reads.</summary>
internal sealed class JsonPeer : IAsyncDisposable
{
    private JsonPeer(WireConnection connection) => Connection = connection;

    /// <summary>Its bytes.</summary>
    public WireConnection Connection { get; }

    /// <summary>The code and reason of the close frame that came; null when none has.</summary>
    public (int Code, string Reason)? Close { get; private set; }

    /// <summary>Connects and upgrades.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="isLate">After another request on the same connection.</param>
    /// <param name="headers">Further lines of the request's head, each ended by CR LF.</param>
    public static async Task<JsonPeer> ConnectAsync(Uri gateway, bool isLate = false, string headers = "") =>
        new(await Upgrade.ConnectAsync(gateway, isLate, headers));

    /// <summary>Connects and enters a room.</summary>
    public static async Task<JsonPeer> JoinedAsync(Uri gateway, string room, string user, bool isLate = false)
    {
        JsonPeer peer = await ConnectAsync(gateway, isLate);
        await peer.JoinAsync(room, user);
        return peer;
    }

    /// <summary>Takes over a connection whose upgrade is done.</summary>
    public static JsonPeer On(WireConnection connection) => new(connection);

    /// <summary>Enters a room.</summary>
    /// <returns>The payload of the answer.</returns>
    public async Task<JsonElement> JoinAsync(string room, string user)
    {
        await SendAsync($$$"""{"type":"join","payload":{"room":"{{{room}}}","user":"{{{user}}}"}}""");
        return (await NextAsync("history")).GetProperty("payload");
    }

    /// <summary>Publishes a text that needs no escaping.</summary>
    public Task SayAsync(string room, string text) => SendAsync($$$"""{"type":"msg","payload":{"room":"{{{room}}}","text":"{{{text}}}"}}""");

    /// <summary>Sends a text message.</summary>
    public Task SendAsync(string json) => Connection.SendAsync(WireFrame.Of(WireFrame.Text, json));

    /// <summary>The next message; null once the connection has ended.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (await Connection.ReadFrameAsync() is WireFrame frame)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience.Answer) throw new TimeoutException("nothing but control frames came");
            switch (frame.Opcode)
            {
                case WireFrame.Text:
                    return JsonElement.Parse(frame.Payload);
                case WireFrame.Ping:
                    await Connection.SendAsync(WireFrame.Of(WireFrame.Pong, frame.Payload));
                    break;
                case WireFrame.Close:
                    Close = (frame.CloseCode, Encoding.UTF8.GetString(frame.Payload.AsSpan(Math.Min(2, frame.Payload.Length))));
                    await AnswerCloseAsync(frame.CloseCode);
                    break;
                default:
                    break;
            }
        }
        return null;
    }

    /// <summary>The next message of a type; others are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        long start = Stopwatch.GetTimestamp();
        while (await NextAsync() is JsonElement message)
        {
            if (message.GetProperty("type").GetString() == type) return message;
            if (Stopwatch.GetElapsedTime(start) > Patience.Answer) throw new TimeoutException($"no {type} came");
        }
        throw new EndOfStreamException($"the connection ended ({Connection.End}, {Close}) before {type} came");
    }

    /// <summary>The code of the next error.</summary>
    public async Task<string> NextErrorAsync() => (await NextAsync("error")).GetProperty("code").GetString()!;

    /// <summary>Reads to the end.</summary>
    /// <returns>The code of the close frame; 0 when none came.</returns>
    public async Task<int> UntilClosedAsync()
    {
        while (await NextAsync() is not null)
        {
        }
        return Close?.Code ?? 0;
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    /// <summary>As every good client does; the gateway may have gone by now.</summary>
    private async Task AnswerCloseAsync(int code)
    {
        try
        {
            await Connection.SendAsync(WireFrame.CloseOf(code));
        }
        catch (IOException)
        {
        }
    }
}
