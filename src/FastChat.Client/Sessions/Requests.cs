using FastChat.Client.Connections;
using FastChat.Client.Messages;

namespace FastChat.Client.Sessions;

/// <summary>Questions that are not answered yet, by their id. They end with their connection. Guarded by the session's gate.</summary>
internal sealed class Requests
{
    private readonly ClientSession _session;
    private readonly Dictionary<string, Request> _byId = new(StringComparer.Ordinal);

    public Requests(ClientSession session) => _session = session;

    /// <summary>How many are unanswered.</summary>
    public int Count => _byId.Count;

    /// <summary>Asks.</summary>
    /// <param name="connection">Where it is sent.</param>
    /// <param name="room">What it is about.</param>
    /// <param name="id">Its id.</param>
    /// <param name="question">The whole encoded message.</param>
    /// <exception cref="FastChatException">QueueFull; MessageTooBig; InvalidField: the id is in use.</exception>
    public Task<Incoming> Ask(Connection connection, string room, string id, byte[] question)
    {
        if (_byId.Count >= _session.Options.PublishesMax)
            throw new FastChatException(FastChatError.QueueFull, $"{_byId.Count} requests are unanswered.") { Room = room, Id = id };
        if (question.Length > _session.Options.MessageBytesMax)
            throw new FastChatException(FastChatError.MessageTooBig, $"The request has {question.Length} bytes.") { Room = room, Id = id };
        if (_byId.ContainsKey(id))
            throw new FastChatException(FastChatError.InvalidField, $"The id {id} is in use by a request that is not yet answered.") { Room = room, Id = id };
        TaskCompletionSource<Incoming> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Ask(connection, room, id, question, incoming => answer.TrySetResult(incoming), error => ClientSession.Fail(answer, error));
        return answer.Task;
    }

    /// <summary>Asks, with an id of the session's; one of the two is called later, inside the gate.</summary>
    public void Ask(Connection connection, string room, string id, byte[] question, Action<Incoming> answered, Action<FastChatException> failed)
    {
        double seconds = _session.Options.RequestTimeout.TotalSeconds;
        GuardedTimer timer = _session.After(
            _session.Options.RequestTimeout,
            () => TryRefuse(id, new FastChatException(FastChatError.Timeout, $"No answer within {seconds} s.") { Room = room, Id = id }));
        _byId.Add(id, new Request(timer, answered, failed));
        connection.Outgoing.Add(question);
    }

    /// <returns>Whether somebody asked that.</returns>
    public bool TryAnswer(string? id, Incoming answer)
    {
        if (id is null || !_byId.Remove(id, out Request? request)) return false;
        request.Timer.Cancel();
        request.Answered(answer);
        return true;
    }

    /// <returns>Whether somebody asked that.</returns>
    public bool TryRefuse(string id, FastChatException error)
    {
        if (!_byId.Remove(id, out Request? request)) return false;
        request.Timer.Cancel();
        request.Failed(error);
        return true;
    }

    public void FailAll(FastChatException error)
    {
        foreach (string id in _byId.Keys.ToArray()) TryRefuse(id, error);
    }

    private sealed record Request(GuardedTimer Timer, Action<Incoming> Answered, Action<FastChatException> Failed);
}
