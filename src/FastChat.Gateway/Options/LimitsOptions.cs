namespace FastChat.Gateway.Options;

[OptionSection("What one peer, person or address may use, and the gateway in all.")]
internal sealed class LimitsOptions
{
    [Option("Chat connections open at once. The next upgrade is answered 503 with `Retry-After`, the next TCP connection is closed with 4003.", Unit = "connections", WhenUnset = "the smaller of 90 % of the descriptor limit and what 80 % of the memory limit holds")]
    [OptionRange(1, 50_000_000)]
    public int? ConnectionsMax { get; set; }

    [Option("Largest message from a client, all fragments together. A larger one closes the connection with 1009; over HTTP it is answered `message_too_big`.", Unit = "bytes")]
    [OptionRange(1024, 16 * 1024 * 1024)]
    public int MessageBytesMax { get; set; } = 65536;

    [Option("Frames that one WebSocket message may come in. More: the connection is closed with 1009.", Unit = "frames")]
    [OptionRange(1, 1_000_000)]
    public int FragmentsMax { get; set; } = 1024;

    [Option("Rooms that one connection may be in. A further join is answered `too_many_rooms`.", Unit = "rooms")]
    [OptionRange(1, 100_000)]
    public int RoomsPerConnection { get; set; } = 100;

    [Option("Rooms that the gateway keeps. A join that would make one more is answered `overloaded`.", Unit = "rooms")]
    [OptionRange(1, 100_000_000)]
    public int RoomsMax { get; set; } = 1_000_000;

    [Option("Rooms that one person may make within an hour. A join that would make one more is answered `too_many_rooms_made`.", Unit = "rooms")]
    [OptionRange(0, 1_000_000)]
    public int RoomsMadePerHour { get; set; } = 100;

    [Option("Messages a second that a guest may publish, over all connections; over HTTP the same for each address. More: `rate_limited` with the time to wait.", Unit = "messages a second")]
    [OptionRange(1, 1_000_000)]
    public int GuestPublishRate { get; set; } = 10;

    [Option("Messages that a guest who was silent may publish at once.", Unit = "messages")]
    [OptionRange(1, 1_000_000)]
    public int GuestPublishBurst { get; set; } = 30;

    [Option("Messages a second that an account may publish. More: `rate_limited` with the time to wait. Accounts come with a later version.", Unit = "messages a second")]
    [OptionRange(1, 1_000_000)]
    public int AccountPublishRate { get; set; } = 30;

    [Option("Messages that an account that was silent may publish at once.", Unit = "messages")]
    [OptionRange(1, 1_000_000)]
    public int AccountPublishBurst { get; set; } = 90;

    [Option("Other commands a second (join, leave, typing, presence, history) on one connection. More: `rate_limited`; typing is dropped.", Unit = "commands a second")]
    [OptionRange(1, 1_000_000)]
    public int CommandRate { get; set; } = 50;

    [Option("Other commands at once on a connection that was silent.", Unit = "commands")]
    [OptionRange(1, 1_000_000)]
    public int CommandBurst { get; set; } = 200;

    [Option("Chat connections open at once from one address (IPv6: from one /64). The next upgrade is answered 429 with `Retry-After`, the next TCP connection is closed with 4004.", Unit = "connections")]
    [OptionRange(1, 10_000_000)]
    public int AddressConnections { get; set; } = 200;

    [Option("New chat connections a second from one address (IPv6: from one /64). More: as at `Limits:AddressConnections`.", Unit = "connections a second")]
    [OptionRange(1, 1_000_000)]
    public int AddressConnectRate { get; set; } = 20;

    [Option("Whether the limits by address hold for loopback peers that send no forwarding header too. Otherwise those are counted but not refused.")]
    public bool ApplyToLoopback { get; set; }

    [Option("Time for the first bytes, the TLS and PROXY handshakes and the whole of an HTTP request's head. Then an HTTP request is answered 408, a TCP connection closed with 4002, and one that sent nothing just closed.")]
    [OptionRange("100ms", "10m")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    [Option("Time from the handshake to the first join. Then the connection is closed with 4002.")]
    [OptionRange("100ms", "1h")]
    public TimeSpan FirstMessageTimeout { get; set; } = TimeSpan.FromMinutes(1);

    [Option("How long nothing may have been heard from a peer before it is pinged.")]
    [OptionRange("100ms", "1h")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(25);

    [Option("How long nothing may be heard from a peer, not even a pong. Then the connection is closed with 4001. Longer than `Limits:HeartbeatInterval`.")]
    [OptionRange("200ms", "1d")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    [Option("Time from a message's first byte to its last. Then the connection is closed with 4009.")]
    [OptionRange("100ms", "1h")]
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Option("Bytes that wait for one slow reader. At the limit the room's `slowConsumer` policy decides: catch up from the log, skip, or close with 4008. At least `Limits:MessageBytesMax`.", Unit = "bytes")]
    [OptionRange(4096, 1024 * 1024 * 1024)]
    public int OutboxBytesMax { get; set; } = 1024 * 1024;

    [Option("How long a reader may take none of what waits for it. Then the connection is closed with 4008. Of one that takes some, nothing may wait longer: then the room's `slowConsumer` policy decides, as at `Limits:OutboxBytesMax`.")]
    [OptionRange("100ms", "1h")]
    public TimeSpan OutboxAgeMax { get; set; } = TimeSpan.FromSeconds(30);

    [Option("Publishes of one connection that the log has not answered yet. At the limit its socket is not read until acks go out.", Unit = "messages")]
    [OptionRange(1, 1_000_000)]
    public int UnansweredPublishes { get; set; } = 256;

    [Option("Bytes of such publishes. The same happens at the limit. At least `Limits:MessageBytesMax`.", Unit = "bytes")]
    [OptionRange(1024, 1024 * 1024 * 1024)]
    public int UnansweredPublishBytes { get; set; } = 1024 * 1024;

    [Option("Largest body of an HTTP request. A larger one is answered 413.", Unit = "bytes")]
    [OptionRange(1024, 1024 * 1024 * 1024)]
    public int RequestBytesMax { get; set; } = 1024 * 1024;

    [Option("Refused commands of one connection within a minute. At the limit it is closed with 4502.", Unit = "commands")]
    [OptionRange(1, 1_000_000)]
    public int ErrorsMax { get; set; } = 100;
}
