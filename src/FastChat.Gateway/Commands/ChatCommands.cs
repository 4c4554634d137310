// Data plane: no allocation after warm-up. See SessionBenchmarks.
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Commands;

/// <summary>The chat's commands: decodes what a client sends and acts on the rooms. One for all sessions; holds no state of theirs.</summary>
internal sealed partial class ChatCommands : ISessionCommands
{
    private readonly RoomDirectory _rooms;
    private readonly PersonDirectory _persons;
    private readonly GuestKeys _guestKeys;
    private readonly ChatLimits _limits;

    /// <param name="rooms">All rooms.</param>
    /// <param name="persons">Who holds which name.</param>
    /// <param name="guestKeys">Makes and checks guest keys.</param>
    /// <param name="limits">Rates and sizes.</param>
    public ChatCommands(RoomDirectory rooms, PersonDirectory persons, GuestKeys guestKeys, ChatLimits limits)
    {
        _rooms = rooms;
        _persons = persons;
        _guestKeys = guestKeys;
        _limits = limits;
    }

    /// <inheritdoc/>
    public int OnMessage(Session session, bool isText, Span<byte> payload)
    {
        if (isText != session.Form.IsJson())
        {
            session.Close(CloseReason.WrongDataType);
            return payload.Length;
        }

        if (!isText) return OnMessagePack(session, payload);
        OnJson(session, payload);
        return payload.Length;
    }

    /// <inheritdoc/>
    public void OnEnded(Session session)
    {
        if (session.Person is not null) _persons.Leave(session.Person, isAbrupt: !session.HasGoneCleanly);
    }

    private void OnJson(Session session, ReadOnlySpan<byte> payload)
    {
        ErrorCode code = ClientMessageReader.ReadJson(payload, session.Loop.DecodeScratch, out ClientMessage message, out string fault);
        if (code == ErrorCode.None) Run(session, message);
        else Refuse(session, code, fault, message);
    }

    private int OnMessagePack(Session session, ReadOnlySpan<byte> payload)
    {
        // One message may hold thousands of commands, whose answers may be a thousand times as large.
        int taken = 0;
        while (taken < payload.Length && !session.IsClosing && !session.IsFull)
        {
            ErrorCode code = ClientMessageReader.ReadMessagePack(payload[taken..], out ClientMessage message, out int consumed, out string fault);
            if (code == ErrorCode.InvalidMessage)
            {
                // Where one array ends cannot be known any more, so neither what the peer meant next.
                SessionMetrics.Refused(code);
                session.Close(CloseReason.BadMessage);
                return payload.Length;
            }

            if (code == ErrorCode.None) Run(session, message);
            else Refuse(session, code, fault, message);
            taken += consumed;
        }

        return taken;
    }

    private void Run(Session session, in ClientMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Msg:
                Publish(session, message);
                break;
            case MessageType.Join:
                if (TakeCommand(session, message)) Join(session, message);
                break;
            case MessageType.Leave:
                if (TakeCommand(session, message)) Leave(session, message);
                break;
            case MessageType.Typing:
                if (TryFindRoom(session, message, out Membership? typist) && IsWithinCommandRate(session, out _)) typist.Room.Typing(session, message.On);
                break;
            case MessageType.Presence:
                if (TakeCommand(session, message) && TryFindRoom(session, message, out Membership? asker)) asker.Room.AnswerPresence(session, message.Id, message.Cursor);
                break;
            case MessageType.History:
                if (TakeCommand(session, message) && TryFindRoom(session, message, out Membership? reader)) reader.Room.AnswerHistory(session, message.Id, message.Before, message.Limit);
                break;
            case MessageType.Ping:
                if (TakeCommand(session, message)) session.WritePong();
                break;
            default:
                break; // A pong needs nothing more; a type of a later version is ignored, see docs/protocol.md.
        }
    }

    private void Leave(Session session, in ClientMessage message)
    {
        if (!TryFindRoom(session, message, out Membership? membership)) return;
        Room room = membership.Room;
        session.Leave(membership);
        // Leaving delivers what waits, which may close a slow consumer: nothing goes behind a close.
        if (!session.IsClosing) session.WriteLeft(room);
    }

    /// <summary>The room that a command is about: the one named, else the one joined first.</summary>
    private bool TryFindRoom(Session session, in ClientMessage message, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Membership? membership)
    {
        membership = message.Room.IsEmpty ? session.FirstJoined : session.FindMembership(message.Room);
        if (membership is not null) return true;
        if (session.Person is null) Refuse(session, ErrorCode.JoinFirst, "The first message must be a join.", message);
        else if (message.Room.IsEmpty) Refuse(session, ErrorCode.NotJoined, "This connection is in no room; join one first.", message);
        else if (!RoomId.IsValid(message.Room)) Refuse(session, ErrorCode.InvalidField, RoomFault, message);
        else Refuse(session, ErrorCode.NotJoined, $"This connection is not in the room {Encoding.ASCII.GetString(message.Room)}; join it first.", message);
        return false;
    }

    private bool TakeCommand(Session session, in ClientMessage message)
    {
        if (IsWithinCommandRate(session, out int retryAfterMs)) return true;
        Refuse(session, ErrorCode.RateLimited, "Too many commands on this connection.", message, retryAfterMs);
        return false;
    }

    private bool IsWithinCommandRate(Session session, out int retryAfterMs) =>
        session.CommandRate.TryTake(session.Loop.NowMs, _limits.CommandRate, _limits.CommandBurst, out retryAfterMs) || session.Peer.IsExempt;

    private void Refuse(Session session, ErrorCode code, string why, in ClientMessage message, int retryAfterMs = 0, string suggestion = "")
    {
        Span<byte> whyUtf8 = stackalloc byte[256];
        Span<byte> suggestionUtf8 = stackalloc byte[MessageLimits.NameBytesMax];
        session.WriteError(new ErrorAnswer
        {
            Code = code,
            Message = Cut(why, whyUtf8),
            Id = message.Id,
            Room = RoomId.IsValid(message.Room) ? message.Room : default,
            RetryAfterMs = retryAfterMs,
            Suggestion = Cut(suggestion, suggestionUtf8),
        });
        if (!session.ErrorRate.TryTake(session.Loop.NowMs, _limits.ErrorsMax / 60.0, _limits.ErrorsMax, out _)) session.Close(CloseReason.TooManyErrors);
    }

    private static ReadOnlySpan<byte> Cut(string text, Span<byte> utf8)
    {
        System.Text.Unicode.Utf8.FromUtf16(text, utf8, out _, out int written);
        return utf8[..written];
    }
}
