using FastChat.Client;

namespace FastChat.System.Tests.Kit;

/// <summary>FastChat.Client in one room, with everything that it was told.</summary>
internal sealed class DotnetClient : IChatClient
{
    private readonly List<ChatEvent> _heard = []; // Guarded by itself.
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously); // Guarded by _heard.

    private DotnetClient(string name, Uri address)
    {
        Name = name;
        Chat = new FastChatClient(new FastChatClientOptions { Uri = address, User = name, BackoffCap = TimeSpan.FromMilliseconds(500) });
        _reading = ReadAsync();
    }

    public string Name { get; }

    /// <summary>The client itself.</summary>
    public FastChatClient Chat { get; }

    /// <summary>What it was told so far.</summary>
    public IReadOnlyList<ChatEvent> Heard
    {
        get
        {
            lock (_heard) return [.. _heard];
        }
    }

    /// <summary>The publications that it was told, those of a join included, in that order.</summary>
    public IEnumerable<ChatMessage> Messages => Heard.SelectMany(happened => happened switch
    {
        RoomJoined joined => joined.Messages,
        MessageReceived received => [received.Message],
        _ => [],
    });

    /// <summary>Connects and joins.</summary>
    public static async Task<DotnetClient> JoinedAsync(string name, Uri address, string room)
    {
        DotnetClient client = new(name, address);
        await client.Chat.ConnectAsync(TestContext.Current.CancellationToken).Within(Patience.Answer, $"{name} to connect");
        await client.Chat.JoinAsync(room, cancellationToken: TestContext.Current.CancellationToken).Within(Patience.Answer, $"{name} to join");
        return client;
    }

    public Task SayAsync(string room, string text) => Chat.PublishAsync(room, text, TestContext.Current.CancellationToken);

    public Task UntilSaidAsync(string text) => UntilAsync(_ => Messages.Any(message => message.Text == text), $"{Name} to hear {text}");

    /// <summary>Waits until what it was told is enough.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<ChatEvent>, bool> isEnough, string waitedFor)
    {
        while (true)
        {
            Task more;
            lock (_heard) more = _more.Task;
            if (isEnough(Heard)) return;
            await more.Within(Patience.Answer, waitedFor, () => string.Join('\n', Heard.TakeLast(20)));
        }
    }

    public Task<IReadOnlyList<Line>> TranscriptAsync() =>
        Task.FromResult<IReadOnlyList<Line>>([.. Messages.Select(message => new Line(message.Position!.Value.Offset, message.User, message.Text!))]);

    public async ValueTask DisposeAsync()
    {
        await Chat.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (ChatEvent happened in Chat.ReadEventsAsync())
        {
            lock (_heard)
            {
                _heard.Add(happened);
                _more.TrySetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
