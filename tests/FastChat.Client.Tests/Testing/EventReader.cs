namespace FastChat.Client.Tests.Testing;

/// <summary>Reads a client's events one by one.</summary>
internal sealed class EventReader(FastChatClient client) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatEvent> _events = client.ReadEventsAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();

    /// <summary>The next event, which must be of that type.</summary>
    public async Task<TEvent> NextAsync<TEvent>() where TEvent : ChatEvent
    {
        Assert.True(await _events.MoveNextAsync().InTime(), "There are no more events.");
        return Assert.IsType<TEvent>(_events.Current);
    }

    /// <summary>The next event that is no change of state, which must be of that type.</summary>
    public async Task<TEvent> NextButStateAsync<TEvent>() where TEvent : ChatEvent
    {
        do Assert.True(await _events.MoveNextAsync().InTime(), "There are no more events.");
        while (_events.Current is StateChanged);
        return Assert.IsType<TEvent>(_events.Current);
    }

    public async Task<StateChanged> NextStateAsync(ConnectionState state)
    {
        StateChanged changed = await NextAsync<StateChanged>();
        Assert.Equal(state, changed.State);
        return changed;
    }

    /// <summary>Asserts that the stream has ended.</summary>
    public async Task ExpectEndAsync() => Assert.False(await _events.MoveNextAsync().InTime());

    public ValueTask DisposeAsync() => _events.DisposeAsync();
}
