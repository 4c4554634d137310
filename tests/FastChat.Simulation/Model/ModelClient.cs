using FastChat.Codec.Messages;
using FastChat.Simulation.Kit;

namespace FastChat.Simulation.Model;

/// <summary>A client as a careful stranger would write it: keeps positions and what was not acked over losses, and checks what it hears.</summary>
internal sealed class ModelClient
{
    private readonly Func<Wire> _connect;
    private readonly Truth _truth;
    private readonly SortedDictionary<string, RoomView> _rooms = new(StringComparer.Ordinal);
    private readonly Speaker _me;
    private readonly List<(string Room, string Id)> _unacked = [];
    private readonly List<(string Room, string Id)> _acked = [];
    private readonly string _idPrefix;
    private readonly HashSet<string> _roomsToRepeat = [];
    private Visit? _visit;  // While there is a wire.
    private int _nextId;

    /// <param name="name">Display name.</param>
    /// <param name="idPrefix">Begins its message ids, so that two clients of one person give different ones.</param>
    /// <param name="connect">Makes a connection.</param>
    /// <param name="truth">What all have seen.</param>
    public ModelClient(string name, string idPrefix, Func<Wire> connect, Truth truth)
    {
        _me = new Speaker(name);
        _idPrefix = idPrefix;
        _connect = connect;
        _truth = truth;
    }

    public string User => _me.Name;

    /// <summary>The guest key; empty until one was told.</summary>
    public string Key => _me.Key;

    public Wire? Wire { get; private set; }

    public IReadOnlyDictionary<string, RoomView> Rooms => _rooms;

    /// <summary>Whether all that it said is acked, and all that it wants is joined.</summary>
    public bool IsSettled =>
        Wire is { IsQuiet: true } && _unacked.Count == 0 && _rooms.Values.All(static room => room.IsWanted ? room.State == RoomState.In : room.State == RoomState.Out);

    public override string ToString() =>
        $"{User} {Wire} unacked: {_unacked.Count} rooms: {string.Join(' ', _rooms.Values.Select(static room => $"{room.Room} {room.State} {(room.IsWanted ? "wanted" : "")}"))}";

    public int UnackedCount => _unacked.Count;

    /// <summary>Whether it can say something.</summary>
    public bool CanSpeak => Wire is { IsClosing: false };

    public IEnumerable<RoomView> RoomsIn => _rooms.Values.Where(static room => room.State == RoomState.In);

    /// <summary>Who it heard to be in a room, by notices and by asking.</summary>
    public Dictionary<string, SortedSet<string>> Noticed { get; } = [];

    public Dictionary<string, SortedSet<string>> Listed { get; } = [];

    /// <summary>Connects, and comes back to the rooms that it was in.</summary>
    public void Connect(Random random)
    {
        Wire = _connect();
        _visit = _truth.Names.Begin(User, Key);
        _roomsToRepeat.UnionWith(_unacked.Select(static said => said.Room));
        foreach (RoomView room in _rooms.Values)
        {
            if (room.IsWanted) Join(random, room);
        }
    }

    public void Join(Random random, string room)
    {
        if (!_rooms.TryGetValue(room, out RoomView? view)) _rooms[room] = view = new RoomView(room, _me, _truth);
        if (view.State != RoomState.Out) return;
        view.IsWanted = true;
        Join(random, view);
    }

    public void Leave(RoomView room)
    {
        room.IsWanted = false;
        room.State = RoomState.Leaving;
        Wire!.Send(new Command(MessageType.Leave) { Room = room.Room });
    }

    /// <summary>Says something new, or a few things in one message.</summary>
    public void Publish(Random random, RoomView room)
    {
        List<Command> commands = [];
        for (int i = random.Next(5) == 0 ? random.Next(1, 40) : 1; i > 0; i--)
        {
            string id = NewId();
            _unacked.Add((room.Room, id));
            commands.Add(PublishOf(room.Room, id) with { ExcludeSelf = random.Next(6) == 0 });
        }

        Wire!.SendTogether(commands);
    }

    /// <summary>Is who the key says from now on.</summary>
    public void TakeKey(string key)
    {
        if (!_me.Take(key, _truth.Names.PersonOf(key))) return;
        // Of what another person said the outcome stays unknown; said again it is somebody else's message.
        _acked.Clear();
        for (int i = 0; i < _unacked.Count; i++) _unacked[i] = (_unacked[i].Room, NewId());
    }

    /// <summary>Comes back as somebody new, if the name is free.</summary>
    public void ForgetKey() => _me.Rename(User);

    /// <summary>Says something again that was acked before, or may be.</summary>
    public void Repeat(Random random)
    {
        List<(string Room, string Id)> from = random.Next(2) == 0 ? _acked : _unacked;
        if (from.Count == 0) return;
        (string room, string id) = from[random.Next(from.Count)];
        if (_rooms[room].State == RoomState.In) Wire!.Send(PublishOf(room, id));
    }

    public void Move(Random random, bool all)
    {
        if (Wire is null) return;
        foreach (Heard heard in Wire.Move(random, all))
        {
            if (Wire is not null) Hear(heard); // Null when it gave up on the way.
        }

        if (Wire is { IsOver: true }) Lose(isTold: true);
        else if (CanSpeak && _roomsToRepeat.Count > 0) RepeatUnacked(random);
    }

    /// <summary>The connection is gone, or given up, as far as the client knows.</summary>
    /// <param name="isTold">Whether the gateway knows, too.</param>
    public void Lose(bool isTold = false)
    {
        _truth.Names.End(_visit!, isTold);
        _visit = null;
        Wire = null;
        _roomsToRepeat.Clear();
        foreach (RoomView room in _rooms.Values) room.State = RoomState.Out;
    }

    private void Join(Random random, RoomView view)
    {
        (string, long)? since = random.Next(6) == 0 ? null : view.Position;
        int limit = random.Next(4) == 0 ? random.Next(6) : -1;
        view.OnJoining(since);
        Wire!.Send(new Command(MessageType.Join) { Id = "join", Room = view.Room, User = User, Key = Key, Since = since, Limit = limit });
    }

    /// <summary>The same ids again: whether they arrived before is the gateway's to know.</summary>
    private void RepeatUnacked(Random random)
    {
        foreach (string room in _roomsToRepeat.ToList())
        {
            if (_rooms[room].State == RoomState.Out) Join(random, room);
            if (_rooms[room].State != RoomState.In) continue;
            _roomsToRepeat.Remove(room);
            List<Command> commands = [.. _unacked.Where(said => said.Room == room).Select(said => PublishOf(room, said.Id))];
            if (commands.Count > 0) Wire!.SendTogether(commands);
        }
    }

    private void Hear(Heard heard)
    {
        switch (heard.Type)
        {
            case MessageType.History when heard.Id == "join":
                if (heard.Key.Length > 0) OnKey(heard.Key);
                _rooms[heard.Room].OnHistory(heard);
                break;
            case MessageType.Msg when !heard.IsEphemeral:
                _rooms[heard.Room].OnMsg(heard);
                break;
            case MessageType.Position:
                _rooms[heard.Room].OnPosition(heard);
                break;
            case MessageType.Gap:
                _rooms[heard.Room].OnGap(heard);
                break;
            case MessageType.Ack when heard.Epoch.Length > 0:
                OnAck(heard);
                break;
            case MessageType.Leave when heard.User == User:
                Truth.Require(_rooms[heard.Room].State == RoomState.Leaving, $"{User} heard that it left {heard.Room} in state {_rooms[heard.Room].State}");
                _rooms[heard.Room].State = RoomState.Out;
                break;
            case MessageType.History:
                foreach (Heard message in heard.Messages) _rooms[heard.Room].See(message, heard.Epoch, message.Offset);
                break;
            case MessageType.Join:
                Truth.Require(heard.User != User, $"{User} heard that it came to {heard.Room}");
                SetOf(Noticed, heard.Room).Add(heard.User);
                break;
            case MessageType.Leave:
                SetOf(Noticed, heard.Room).Remove(heard.User);
                break;
            case MessageType.Presence when heard.Users is not null:
                Listed[heard.Room] = new SortedSet<string>(heard.Users, StringComparer.Ordinal);
                Truth.Require(Listed[heard.Room].Count == heard.Users.Count, $"{User} heard that somebody is in {heard.Room} twice: {string.Join(' ', heard.Users)}");
                break;
            case MessageType.Error:
                OnError(heard);
                break;
            case MessageType.Close when Wire!.Form == WireForm.MessagePackTcp:
                Wire.FinishSending();
                break;
            case MessageType.Close:
                _visit!.IsClosed = heard.CloseCode == (int)CloseReason.Normal;
                Wire!.Close();
                break;
        }
    }

    private static SortedSet<string> SetOf(Dictionary<string, SortedSet<string>> sets, string room)
    {
        if (!sets.TryGetValue(room, out SortedSet<string>? set)) sets[room] = set = new SortedSet<string>(StringComparer.Ordinal);
        return set;
    }

    private void OnKey(string key)
    {
        _truth.Names.Told(_visit!, key);
        TakeKey(key);
    }

    private void OnAck(Heard ack)
    {
        _truth.Acked(ack.Room, ack.Epoch, ack.Offset, User, ack.Id);
        if (_unacked.Remove((ack.Room, ack.Id))) _acked.Add((ack.Room, ack.Id));
    }

    private void OnError(Heard error)
    {
        Truth.Require(error.Error == "name_taken" && error.Suggestion.Length > 0, $"{User} heard {error}");
        _truth.Names.Refused(_visit!);
        // The answer that told the key was lost with its connection, or two came at once and neither knew the other's: the name is a stranger's now.
        _me.Rename(error.Suggestion);
        Wire!.Reset();
        Lose();
    }

    private string NewId() => _me.IdOf(_idPrefix, ++_nextId);

    private Command PublishOf(string room, string id) => new(MessageType.Msg) { Room = room, Id = id, Text = Truth.TextOf(room, User, id) };
}
