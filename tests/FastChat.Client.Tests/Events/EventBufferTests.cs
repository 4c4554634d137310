using FastChat.Client.Events;
using FastChat.Client.Tests.Testing;

namespace FastChat.Client.Tests.Events;

public sealed class EventBufferTests
{
    private static readonly StateChanged Waiting = new(ConnectionState.Waiting, TimeSpan.Zero, 1, Error: null);
    private static readonly StateChanged Connected = new(ConnectionState.Connected, TimeSpan.Zero, 0, Error: null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_full_at_its_count_and_has_room_after_a_read()
    {
        EventBuffer buffer = new(2, 1_000_000, ignores: false);
        buffer.Add(Typing("a"));
        Assert.False(buffer.IsFull);
        buffer.Add(Typing("b"));
        Assert.True(buffer.IsFull);
        Task room = buffer.WaitForRoomAsync(Stop);
        Assert.False(room.IsCompleted);
        Assert.Equal(Typing("a"), await buffer.ReadAsync(Stop));
        await room.InTime();
        Assert.False(buffer.IsFull);
    }

    [Fact]
    public void It_is_full_at_its_bytes()
    {
        EventBuffer buffer = new(1_000, 1_000, ignores: false);
        buffer.Add(new MessageReceived(new ChatMessage { Room = "r", User = "u", Text = new string('x', 400) }));
        Assert.True(buffer.IsFull);
    }

    [Fact]
    public async Task While_commands_wait_the_limit_is_twice_as_high()
    {
        EventBuffer buffer = new(1, 1_000_000, ignores: false);
        buffer.Add(Typing("a"));
        Task room = buffer.WaitForRoomAsync(Stop);
        buffer.SetCommandsWait(true);
        await room.InTime();
        buffer.Add(Typing("b"));
        Assert.True(buffer.IsFull);
    }

    [Fact]
    public async Task While_full_only_the_newest_state_is_kept_and_the_order_stays()
    {
        EventBuffer buffer = new(1, 1_000_000, ignores: false);
        buffer.Add(Typing("a"));
        for (int i = 0; i < 1_000; i++)
        {
            buffer.Add(Waiting);
            buffer.Add(Connected);
        }
        buffer.Add(Typing("b"));
        buffer.Complete();
        Assert.Equal([Typing("a"), Connected, Typing("b")], await AllAsync(buffer));
    }

    [Fact]
    public async Task A_reader_waits_until_something_comes_or_nothing_more_will()
    {
        EventBuffer buffer = new(10, 1_000_000, ignores: false);
        Task<ChatEvent?> reading = buffer.ReadAsync(Stop).AsTask();
        Assert.False(reading.IsCompleted);
        buffer.Add(Typing("a"));
        Assert.Equal(Typing("a"), await reading.InTime());
        reading = buffer.ReadAsync(Stop).AsTask();
        buffer.Complete();
        Assert.Null(await reading.InTime());
        buffer.Add(Typing("late"));
        Assert.Null(await buffer.ReadAsync(Stop));
    }

    [Fact]
    public async Task Two_readers_share_what_comes()
    {
        EventBuffer buffer = new(10, 1_000_000, ignores: false);
        Task<List<ChatEvent>>[] readers = [AllAsync(buffer), AllAsync(buffer)];
        for (int i = 0; i < 1_000; i++) buffer.Add(Typing($"{i}"));
        buffer.Complete();
        List<ChatEvent>[] read = await Task.WhenAll(readers).InTime();
        Assert.Equal(1_000, read.Sum(list => list.Count));
        Assert.Equal(1_000, read.SelectMany(list => list).Distinct().Count());
    }

    [Fact]
    public async Task A_cancelled_read_takes_nothing()
    {
        EventBuffer buffer = new(10, 1_000_000, ignores: false);
        using CancellationTokenSource cancelling = new();
        Task<ChatEvent?> reading = buffer.ReadAsync(cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.InTime());
        buffer.Add(Typing("a"));
        Assert.Equal(Typing("a"), await buffer.ReadAsync(Stop));
    }

    private static TypingNotice Typing(string user) => new("lobby", user, On: true);

    private static async Task<List<ChatEvent>> AllAsync(EventBuffer buffer)
    {
        List<ChatEvent> all = [];
        while (await buffer.ReadAsync(Stop) is ChatEvent next) all.Add(next);
        return all;
    }
}
