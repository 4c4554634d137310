using FastChat.Codec.Messages;
using FastChat.Simulation.Kit;

namespace FastChat.Simulation.Model;

/// <summary>What clients do, at random: talk, ask, repeat themselves, come and go, read slowly, break off and fall silent.</summary>
internal sealed class Mischief(Random random, IReadOnlyList<string> rooms, IReadOnlyList<ModelClient> clients)
{
    public void Act(ModelClient client)
    {
        if (client.Wire is null)
        {
            Return(client);
            client.Join(random, AnyRoom());
            return;
        }

        if (!client.CanSpeak) return;
        List<RoomView> joined = [.. client.RoomsIn];
        RoomView? room = joined.Count > 0 ? joined[random.Next(joined.Count)] : null;
        switch (random.Next(40))
        {
            case < 14 when room is not null:
                client.Publish(random, room);
                break;
            case < 18:
                client.Repeat(random);
                break;
            case < 21 when room is not null:
                Ask(client, room.Room);
                break;
            case < 25:
                client.Join(random, AnyRoom());
                break;
            case < 27 when room is not null:
                client.Leave(room);
                break;
            case < 33:
                client.Wire.SetWindow(random.Next(4) switch { 0 => 0, 1 => random.Next(1, 50), 2 => random.Next(1, 3000), _ => int.MaxValue });
                break;
            case < 38:
                break;
            default:
                BreakOff(client);
                break;
        }
    }

    /// <summary>Connects again, mostly as the person that it was.</summary>
    public void Return(ModelClient client)
    {
        // Of several clients of one person, whichever was told the key tells the others.
        foreach (ModelClient other in clients)
        {
            if (other.User == client.User && other.Key.Length > 0) client.TakeKey(other.Key);
        }

        if (random.Next(12) == 0) client.ForgetKey();
        client.Connect(random);
    }

    private string AnyRoom() => rooms[random.Next(rooms.Count)];

    private void Ask(ModelClient client, string room)
    {
        client.Wire!.Send(random.Next(5) switch
        {
            0 => new Command(MessageType.History) { Room = room, Id = "old", Before = random.Next(20), Limit = random.Next(-1, 9) },
            1 => new Command(MessageType.Presence) { Room = room },
            2 => new Command(MessageType.Typing) { Room = room, On = random.Next(2) == 0 },
            3 => new Command(MessageType.Msg) { Room = room, Text = "fleeting", Kind = $"k{random.Next(3)}", Ephemeral = true, ExcludeSelf = random.Next(2) == 0 },
            _ => new Command(MessageType.Ping),
        });
    }

    private void BreakOff(ModelClient client)
    {
        switch (random.Next(5))
        {
            case 0:
                client.Wire!.Close();
                return; // It is heard to the end.
            case 1:
                client.Wire!.FinishSending();
                return;
            case 2:
                client.Wire!.Desert(random.Next(3) == 0 ? int.MaxValue : 0);
                break;
            case 3:
                client.Wire!.BreakSending();
                break;
            default:
                client.Wire!.Reset();
                break;
        }

        client.Lose();
    }
}
