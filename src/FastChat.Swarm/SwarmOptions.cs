using System.Net;
using FastChat.Codec.Messages;

namespace FastChat.Swarm;

/// <summary>What a swarm is: how many connections, in which rooms, and how they speak.</summary>
internal sealed record SwarmOptions
{
    /// <summary>Where the gateway listens.</summary>
    public required SwarmTarget Target { get; init; }

    /// <summary>Connections of this process.</summary>
    public required int Connections { get; init; }

    /// <summary>Connections of the run that earlier processes have.</summary>
    public int FirstIndex { get; init; }

    /// <summary>Rooms of the whole run: connection n of the run is in room n mod <see cref="Rooms"/>.</summary>
    public int Rooms { get; init; } = 1;

    /// <summary>Begins the rooms' ids; with <c>~</c> they are ephemeral by the gateway's default policies.</summary>
    public string RoomPrefix { get; init; } = "~load";

    /// <summary>Marks names and rooms of this run, so that a run never meets what an earlier one left. At most 8 letters and digits.</summary>
    public required string Run { get; init; }

    /// <summary>The first so many connections publish, and are not dropped; 0: all publish.</summary>
    public int Publishers { get; init; }

    /// <summary>The last so many connections stop reading once they have joined.</summary>
    public int SlowReaders { get; init; }

    /// <summary>Bytes of a message's text, at least <see cref="SwarmText.BytesMin"/>.</summary>
    public int TextBytes { get; init; } = 128;

    /// <summary>Threads that serve the connections.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>Handshakes that a loop has under way at once; more than the gateway's listen backlog would be dropped and tried again after a second.</summary>
    public int HandshakesMax { get; init; } = 256;

    /// <summary>After which a publish without an answer has failed.</summary>
    public TimeSpan PublishTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Takes the sockets that every system has, on Linux too.</summary>
    public bool Portable { get; init; }
}

/// <summary>A gateway's address and the form to speak.</summary>
/// <param name="Remote">Where it listens.</param>
/// <param name="Host">The Host header.</param>
/// <param name="Path">The upgrade's path.</param>
/// <param name="Form">Encoding and framing.</param>
internal sealed record SwarmTarget(IPEndPoint Remote, string Host, string Path, WireForm Form)
{
    /// <summary>Names of the forms on a command line.</summary>
    public static IReadOnlyList<string> FormNames { get; } = ["msgpack", "json", "tcp"];

    /// <summary>Reads an address and finds the host.</summary>
    /// <param name="url">ws, http or tcp.</param>
    /// <param name="form">msgpack, json or tcp; null: tcp for a tcp address, else msgpack.</param>
    /// <exception cref="ArgumentException">It is no such address; TLS is none, because what it costs would be measured in place of the gateway.</exception>
    public static SwarmTarget Parse(string url, string? form)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri)) throw new ArgumentException($"--url: {url} is no address.");
        if (uri.Scheme is "wss" or "https" or "tcps")
            throw new ArgumentException("--url: a swarm speaks no TLS; end it at a proxy in front of the gateway, or load the gateway's plain port.");
        if (uri.Scheme is not ("ws" or "http" or "tcp") || uri.Port <= 0)
            throw new ArgumentException($"--url: {url} is no ws://, http:// or tcp:// address with a port.");
        WireForm wireForm = (form ?? (uri.Scheme == "tcp" ? "tcp" : "msgpack")) switch
        {
            "msgpack" => WireForm.MessagePackWebSocket,
            "json" => WireForm.JsonWebSocket,
            "tcp" => WireForm.MessagePackTcp,
            string other => throw new ArgumentException($"--form: {other} is none of {string.Join(", ", FormNames)}."),
        };
        IPAddress[] addresses = IPAddress.TryParse(uri.Host, out IPAddress? given) ? [given] : Dns.GetHostAddresses(uri.IdnHost);
        // IPv4 first: only there loopback has more than one address to come from.
        IPAddress address = addresses.OrderBy(found => found.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 0 : 1).First();
        return new SwarmTarget(new IPEndPoint(address, uri.Port), uri.Authority, uri.AbsolutePath is "/" ? "/ws" : uri.AbsolutePath, wireForm);
    }
}
