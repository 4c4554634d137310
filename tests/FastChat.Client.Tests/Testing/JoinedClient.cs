using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Testing;

/// <summary>A client in the lobby at offset 3 with a scripted gateway, the state that most tests begin in.</summary>
internal sealed class JoinedClient : IAsyncDisposable
{
    private JoinedClient(FakeGateway gateway, FastChatClient client, FakePeer peer, EventReader events)
    {
        Gateway = gateway;
        Client = client;
        Peer = peer;
        Events = events;
    }

    public FakeGateway Gateway { get; }

    public FastChatClient Client { get; }

    /// <summary>The present connection.</summary>
    public FakePeer Peer { get; private set; }

    /// <summary>After the join.</summary>
    public EventReader Events { get; }

    public static async Task<JoinedClient> OpenAsync(Setting? setting = null)
    {
        FakeGateway gateway = new();
        FastChatClient client = gateway.NewClient(setting ?? new Setting());
        EventReader events = new(client);
        await client.ConnectAsync(TestContext.Current.CancellationToken).InTime();
        FakePeer peer = await gateway.AcceptAsync();
        Task<RoomJoined> joining = client.JoinAsync(cancellationToken: TestContext.Current.CancellationToken);
        Command join = await peer.ExpectAsync(MessageType.Join);
        await peer.SendAsync(Say.History(join, 3, key: "key-of-alice"));
        await joining.InTime();
        await events.NextStateAsync(ConnectionState.Connecting);
        await events.NextStateAsync(ConnectionState.Connected);
        await events.NextAsync<RoomJoined>();
        return new JoinedClient(gateway, client, peer, events);
    }

    public Task<PublishAck> PublishAsync(string text) => Client.PublishAsync(Say.Room, text, TestContext.Current.CancellationToken);

    /// <summary>Breaks the connection and takes the next one up to its join, which is not answered.</summary>
    public async Task<Command> ReconnectAsync()
    {
        Peer.Break();
        await Events.NextStateAsync(ConnectionState.Waiting);
        return await TakeNextConnectionAsync();
    }

    /// <summary>Takes the next connection up to its join.</summary>
    public async Task<Command> TakeNextConnectionAsync()
    {
        Peer = await Gateway.AcceptAsync();
        await Events.NextStateAsync(ConnectionState.Connecting);
        await Events.NextStateAsync(ConnectionState.Connected);
        return await Peer.ExpectAsync(MessageType.Join);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().InTime();
        await Events.DisposeAsync();
        await Gateway.DisposeAsync();
    }
}
