namespace FastChat.Simulation.Model;

/// <summary>What all clients together have seen: one message for each offset, and where each acked message is.</summary>
/// <param name="names">Who came under which name.</param>
internal sealed class Truth(Names names)
{
    private readonly Lock _gate = new(); // Clients may run on threads of their own.
    private readonly Dictionary<(string Room, string Epoch, long Offset), (string User, string Text)> _seen = [];
    private readonly Dictionary<(string Room, string Epoch, string User, string Id), long> _acked = [];

    public Names Names => names;

    /// <summary>Somebody was delivered a message.</summary>
    public void Seen(string room, string epoch, long offset, string user, string text)
    {
        lock (_gate)
        {
            if (_seen.TryAdd((room, epoch, offset), (user, text))) return;
            Require(_seen[(room, epoch, offset)] == (user, text), $"{room} {epoch} {offset} is \"{text}\" of {user} to one and {_seen[(room, epoch, offset)]} to another");
        }
    }

    /// <summary>Somebody's message was acked, perhaps again.</summary>
    public void Acked(string room, string epoch, long offset, string user, string id)
    {
        lock (_gate)
        {
            if (_acked.TryAdd((room, epoch, user, id), offset)) return;
            Require(_acked[(room, epoch, user, id)] == offset, $"{user}'s {id} in {room} was acked as {_acked[(room, epoch, user, id)]} and as {offset}");
        }
    }

    /// <summary>Beside one who saw all of a room: nothing acked is missing, nothing is there twice, nothing was seen that is not there.</summary>
    public void Check(string room, string epoch, IReadOnlyList<(string User, string Text)> whole)
    {
        foreach (((string Room, string Epoch, string User, string Id) key, long offset) in _acked)
        {
            if (key.Room != room) continue;
            Require(key.Epoch == epoch, $"{room}: acked in epoch {key.Epoch}");
            Require(offset >= 1 && offset <= whole.Count, $"{room}: {key.User}'s {key.Id} was acked as {offset} of {whole.Count}");
            Require(whole[(int)offset - 1] == (key.User, TextOf(room, key.User, key.Id)), $"{room}: {offset} was acked to {key.User} as {key.Id} and is {whole[(int)offset - 1]}");
        }

        foreach (((string Room, string Epoch, long Offset) key, (string User, string Text) message) in _seen)
        {
            if (key.Room == room) Require(key.Epoch == epoch && whole[(int)key.Offset - 1] == message, $"{room}: {key.Offset} was seen as {message}");
        }

        List<string> repeated = [.. whole.GroupBy(static message => message).Where(static group => group.Count() > 1).Select(static group => group.Key.ToString())];
        Require(repeated.Count == 0, $"{room}: there twice: {string.Join(' ', repeated)}");
    }

    /// <summary>What is said under a message id.</summary>
    public static string TextOf(string room, string user, string id) => $"{user} says {id} in {room}";

    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
