using System.Text;
using FastChat.Codec.Messages;

namespace FastChat.Simulation.Kit;

/// <summary>Reads a message of the gateway in MessagePack.</summary>
internal static class MessagePackHeard
{
    public static Heard Read(ReadOnlySpan<byte> bytes, out int consumed)
    {
        if (!ServerMessageReader.TryRead(bytes, out ServerMessage message, out consumed)) throw new InvalidDataException("No message of the protocol.");
        return new Heard(message.Type)
        {
            Id = Text(message.Id), Room = Text(message.Room), Epoch = Text(message.Epoch), Offset = message.Offset, User = Text(message.User),
            Text = Text(message.Text), Kind = Text(message.Kind), On = message.On, Recovered = message.Recovered, More = message.More,
            Key = Text(message.Key), Messages = Entries(message), From = message.From, To = message.To, Version = message.Version,
            Count = message.Count, Users = Users(message), Next = Text(message.Next), Error = Text(message.ErrorName),
            Suggestion = Text(message.Suggestion), RetryAfterMs = message.RetryAfterMs, CloseCode = (int)message.CloseReason, DelayMs = message.DelayMs,
        };
    }

    private static List<Heard> Entries(in ServerMessage message)
    {
        List<Heard> entries = [];
        ReadOnlySpan<byte> rest = message.Messages;
        for (int i = 0; i < message.MessageCount; i++)
        {
            entries.Add(Read(rest, out int consumed));
            rest = rest[consumed..];
        }

        return entries;
    }

    private static List<string>? Users(in ServerMessage message)
    {
        if (!message.HasUsers) return null;
        List<string> users = [];
        ReadOnlySpan<byte> rest = message.Users;
        while (ServerMessageReader.TryReadUser(ref rest, out ReadOnlySpan<byte> user)) users.Add(Text(user));
        return users;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
