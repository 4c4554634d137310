using System.Diagnostics;

namespace FastChat.System.Tests.Kit;

/// <summary>Two people who chat in a room while a test does something bad beside them, and notice when they are disturbed.</summary>
internal sealed class Bystanders : IAsyncDisposable
{
    // So often does one speak; slow enough for every rate limit.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly JsonPeer _speaker;
    private readonly JsonPeer _listener;
    private readonly string _room;
    private readonly Task _talking;
    private readonly Task _speakerReading;
    private TimeSpan _slowest;
    private int _count;

    private Bystanders(JsonPeer speaker, JsonPeer listener, string room)
    {
        _speaker = speaker;
        _listener = listener;
        _room = room;
        _talking = TalkAsync();
        _speakerReading = ReadAllAsync();
    }

    /// <summary>Lets two join a room and begin.</summary>
    public static async Task<Bystanders> JoinAsync(Uri gateway, string room)
    {
        string name = Guid.NewGuid().ToString("N")[..8];
        return new Bystanders(await JsonPeer.JoinedAsync(gateway, room, "speaker-" + name), await JsonPeer.JoinedAsync(gateway, room, "listener-" + name), room);
    }

    /// <summary>Ends the talk and fails unless it went on all the time, each message delivered within two seconds.</summary>
    /// <remarks>Milliseconds on an idle machine; what is looked for is a gateway that stands still.</remarks>
    public async Task WereUndisturbedAsync()
    {
        await _stopping.CancelAsync();
        await _talking.Within(Patience.Answer, "the bystanders to end");
        Assert.False(_speakerReading.IsCompleted, $"the speaker's connection ended: {_speaker.Close}");
        Assert.True(_count > 0, "the bystanders said nothing");
        Assert.True(_slowest < TimeSpan.FromSeconds(2), $"a bystander's message took {_slowest.TotalMilliseconds:0} ms");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _speaker.DisposeAsync();
        await _listener.DisposeAsync();
        await Task.WhenAll(_talking, _speakerReading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task TalkAsync()
    {
        using PeriodicTimer pause = new(s_pause);
        while (!_stopping.IsCancellationRequested)
        {
            string text = $"bystander-{_count}";
            long sent = Stopwatch.GetTimestamp();
            await _speaker.SayAsync(_room, text);
            while (TextOf(await _listener.NextAsync("msg")) != text)
            {
            }
            TimeSpan took = Stopwatch.GetElapsedTime(sent);
            if (took > _slowest) _slowest = took;
            _count++;
            await Task.WhenAny(pause.WaitForNextTickAsync(TestContext.Current.CancellationToken).AsTask(), Task.Delay(Timeout.Infinite, _stopping.Token));
        }
    }

    private async Task ReadAllAsync()
    {
        while (await _speaker.NextAsync() is not null)
        {
        }
    }

    private static string? TextOf(global::System.Text.Json.JsonElement message) =>
        message.GetProperty("payload").TryGetProperty("text", out global::System.Text.Json.JsonElement text) ? text.GetString() : null;
}
