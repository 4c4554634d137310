namespace FastChat.System.Tests.Kit;

/// <summary>What tests ask of every client, whoever wrote it: foreign processes, tabs of the page, FastChat.Client.</summary>
internal interface IChatClient : IAsyncDisposable
{
    /// <summary>The display name it joins with.</summary>
    string Name { get; }

    /// <summary>Publishes a text; does not wait for the ack.</summary>
    Task SayAsync(string room, string text);

    /// <summary>Waits until a publication with this text has come.</summary>
    Task UntilSaidAsync(string text);

    /// <summary>The publications it has, history included, in the order in which it got or shows them.</summary>
    Task<IReadOnlyList<Line>> TranscriptAsync();
}

/// <summary>As much of a publication as every client shows.</summary>
internal sealed record Line(long Offset, string User, string Text);
