namespace FastChat.System.Tests.Kit;

/// <summary>What tests ask of every client, whoever wrote it: foreign processes, tabs of the page, FastChat.Client.</summary>
internal interface IChatClient : IAsyncDisposable
{
    /// <summary>The display name it joins with.</summary>
    string Name { get; }

    /// <summary>The publications it got, history included, in the order in which they came.</summary>
    IReadOnlyList<Delivery> Deliveries { get; }

    /// <summary>Publishes a text; does not wait for the ack.</summary>
    Task SayAsync(string room, string text);

    /// <summary>Waits until a publication with this text has come.</summary>
    Task UntilSaidAsync(string text);
}

/// <summary>One publication as a client got it, without what only its author is told.</summary>
internal sealed record Delivery(string Room, string User, string Text, long TimestampMs, string Epoch, long Offset);
