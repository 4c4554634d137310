using FastChat.Simulation.Kit;

namespace FastChat.Simulation.Model;

/// <summary>How far a connection is with a room.</summary>
internal enum RoomState
{
    Out,
    Joining,
    In,
    Leaving,
}

/// <summary>A room as one client sees it. Its position outlives connections; on each, offsets come once, ascending, and every hole is told.</summary>
internal sealed class RoomView(string room, Speaker me, Truth truth)
{
    private readonly List<(string User, string Text)> _run = [];
    private (string Epoch, long Offset)? _asked;

    public string Room { get; } = room;

    public RoomState State { get; set; }

    /// <summary>Whether the client is to come back to it after a loss.</summary>
    public bool IsWanted { get; set; }

    /// <summary>The last publication got; null: none yet.</summary>
    public (string Epoch, long Offset)? Position { get; private set; }

    /// <summary>All that came since the first join, as long as there was no hole; for those who never lose their connection.</summary>
    public IReadOnlyList<(string User, string Text)> Run => _run;

    public void OnJoining((string Epoch, long Offset)? since)
    {
        _asked = since;
        State = RoomState.Joining;
    }

    public void OnHistory(Heard history)
    {
        Truth.Require(State == RoomState.Joining, $"{me.Name} heard {history} in state {State}");
        State = RoomState.In;
        long first = history.Offset - history.Messages.Count + 1;
        for (int i = 0; i < history.Messages.Count; i++)
        {
            Truth.Require(history.Messages[i].Offset == first + i, $"{me.Name} heard {history}");
            SeeDelivered(history.Messages[i], history.Epoch, first + i);
        }

        if (history.Recovered)
        {
            Truth.Require(_asked is not null && _asked.Value.Epoch == history.Epoch && first == _asked.Value.Offset + 1, $"{me.Name} asked since {_asked} and heard {history}");
        }

        Position = (history.Epoch, history.Offset);
    }

    public void OnMsg(Heard message)
    {
        Advance(message, message.Offset, message.Offset);
        SeeDelivered(message, message.Epoch, message.Offset);
    }

    public void OnPosition(Heard position) => Advance(position, position.Offset, position.Offset);

    public void OnGap(Heard gap) => Advance(gap, gap.From, gap.To);

    /// <summary>Whoever hears of a message hears the same, and its id only if it is theirs.</summary>
    public void See(Heard message, string epoch, long offset)
    {
        bool isOwn = me.IsAuthorOf(message.User, message.Text);
        Truth.Require(message.Id.Length == 0 || isOwn, $"{me.Name} heard the id of {message}");
        Truth.Require(message.Id.Length > 0 || !isOwn, $"{me.Name} heard no id of its own {message}");
        if (isOwn) Truth.Require(message.Text == Truth.TextOf(Room, me.Name, message.Id), $"{me.Name} heard {message}");
        truth.Seen(Room, epoch, offset, message.User, message.Text);
    }

    private void Advance(Heard heard, long from, long to)
    {
        Truth.Require(State is RoomState.In or RoomState.Leaving, $"{me.Name} heard {heard} in state {State}");
        Truth.Require(heard.Epoch == Position!.Value.Epoch, $"{me.Name} heard {heard} of epoch {heard.Epoch} in {Position}");
        Truth.Require(from == Position.Value.Offset + 1 && to >= from, $"{me.Name} heard {heard} at {Position}");
        Position = (heard.Epoch, to);
    }

    private void SeeDelivered(Heard message, string epoch, long offset)
    {
        See(message, epoch, offset);
        if (offset == _run.Count + 1) _run.Add((message.User, message.Text));
    }
}
