using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Commands;

/// <summary>Coming in: who speaks is settled by the first join, each join enters a room.</summary>
internal sealed partial class ChatCommands
{
    private const string RoomFault = "room: 1 to 64 of A-Z a-z 0-9 . _ ~ : - expected";

    private void Join(Session session, in ClientMessage message)
    {
        ReadOnlySpan<byte> roomId = message.Room.IsEmpty ? RoomId.Lobby : message.Room;
        if (!RoomId.IsValid(roomId))
        {
            Refuse(session, ErrorCode.InvalidField, RoomFault, message);
            return;
        }

        Span<byte> key = stackalloc byte[GuestKeys.TextBytes];
        bool isFirst = session.Person is null;
        if (isFirst ? !TryEnter(session, message, key) : !IsSamePerson(session, message)) return;
        if (!isFirst) key = default;
        JoinRequest request = new()
        {
            Id = message.Id, HasSince = message.HasSince, SinceEpoch = message.SinceEpoch, SinceOffset = message.SinceOffset,
            Limit = message.Limit, Key = key,
        };
        if (session.FindMembership(roomId) is Membership membership) membership.Room.AnswerRepeatedJoin(membership, request);
        else if (!TryJoinRoom(session, roomId, request, message) && isFirst) Withdraw(session);
    }

    /// <summary>A refused first join leaves no trace: the next is the first again, and is told the guest key.</summary>
    private void Withdraw(Session session)
    {
        _persons.Withdraw(session.Person!);
        session.SpeakFor(null);
    }

    private bool TryJoinRoom(Session session, ReadOnlySpan<byte> roomId, in JoinRequest request, in ClientMessage message)
    {
        if (session.RoomCount >= _limits.RoomsPerConnection)
        {
            Refuse(session, ErrorCode.TooManyRooms, $"This connection is in {session.RoomCount} rooms; leave one first.", message);
            return false;
        }

        Room? room;
        do
        {
            ErrorCode code = _rooms.FindOrMake(roomId, session.Peer.IsExempt ? null : session.Person, out room);
            if (code == ErrorCode.None) continue;
            Refuse(session, code, WhyNoRoom(code, roomId), message);
            return false;
        }
        while (!room!.TryJoin(session, request)); // It vanished with its last member just then.
        return true;
    }

    /// <summary>Settles who speaks on this connection.</summary>
    /// <param name="session">Without a person yet.</param>
    /// <param name="message">Its first join.</param>
    /// <param name="key">Takes the guest key to tell.</param>
    private bool TryEnter(Session session, in ClientMessage message, Span<byte> key)
    {
        if (!_limits.Guests)
        {
            Refuse(session, ErrorCode.Unauthorized, "Guests may not come in here.", message);
            return false;
        }

        if (!message.Token.IsEmpty)
        {
            Refuse(session, ErrorCode.NotAvailable, "This gateway takes no tokens; join without one, as a guest.", message);
            return false;
        }

        if (!PersonName.TryParse(message.User, out PersonName? name, out string fault))
        {
            Refuse(session, ErrorCode.InvalidField, "user: " + fault, message);
            return false;
        }

        // A key that is not good for the name is as none: after the signing keys were lost, clients come in as new people.
        if (message.Key.IsEmpty || !_guestKeys.TryVerify(message.Key, name!.Folded, out UInt128 number)) number = GuestKeys.NewPerson();
        Person? person = _persons.Enter(IdOf(number), Encoding.UTF8.GetBytes(name!.Display), name.Folded);
        if (person is null)
        {
            Refuse(session, ErrorCode.NameTaken, $"The name {name.Display} is taken.", message, suggestion: Suggest(name));
            return false;
        }

        session.SpeakFor(person);
        Encoding.ASCII.GetBytes(_guestKeys.Issue(name.Folded, number), key);
        return true;
    }

    private bool IsSamePerson(Session session, in ClientMessage message)
    {
        if (message.User.IsEmpty || message.User.SequenceEqual(session.Person!.Name)) return true;
        if (PersonName.TryParse(message.User, out PersonName? name, out _) && Encoding.UTF8.GetBytes(name!.Folded).AsSpan().SequenceEqual(session.Person.FoldedName)) return true;
        Refuse(session, ErrorCode.AnotherUser, $"This connection speaks for {Encoding.UTF8.GetString(session.Person.Name)}; open another one.", message);
        return false;
    }

    private string Suggest(PersonName name) => _persons.Suggest(name.Display, PersonName.Fold, MessageLimits.NameCharsMax);

    private static PersonId IdOf(UInt128 number) => new((long)(ulong)(number >> 64) ^ (long)(ulong)number);

    private string WhyNoRoom(ErrorCode code, ReadOnlySpan<byte> roomId) => code switch
    {
        ErrorCode.UnknownRoom => $"There is no room {Encoding.ASCII.GetString(roomId)}.",
        ErrorCode.TooManyRoomsMade => $"At most {_rooms.Settings.RoomsMadePerHour} rooms may be made in an hour.",
        _ => "The gateway keeps as many rooms as it can.",
    };
}
