// Data plane: no allocation after warm-up. See SessionBenchmarks.
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Commands;

/// <summary>Publishing: the one place where bytes of a receive buffer become a publication, copied into the room's channel.</summary>
internal sealed partial class ChatCommands
{
    private void Publish(Session session, in ClientMessage message)
    {
        if (!TryFindRoom(session, message, out Membership? membership)) return;
        if (message.Text.IsEmpty && message.Data.IsEmpty)
        {
            Refuse(session, ErrorCode.InvalidField, "text: a message needs text or data", message);
            return;
        }

        bool isWithinRate = session.Person!.PublishRate.TryTake(session.Loop.NowMs, _limits.GuestPublishRate, _limits.GuestPublishBurst, out int retryAfterMs);
        if (!isWithinRate && !session.Peer.IsExempt)
        {
            Refuse(session, ErrorCode.RateLimited, "Too many messages.", message, retryAfterMs);
            return;
        }

        BatchEntry entry = new()
        {
            Kind = BatchEntryKind.Msg, Publisher = session, Author = session.Person, ExcludesPublisher = message.ExcludeSelf,
            AwaitsAnswer = !message.Ephemeral,
        };
        Publication publication = new()
        {
            TimestampMs = session.Loop.NowUnixMs, User = session.Person.Name, Id = message.Id, Text = message.Text, Data = message.Data,
            Kind = message.Kind.SequenceEqual("chat"u8) ? default : message.Kind,
        };
        if (message.Ephemeral) PublishEphemeral(session, membership.Room, entry, publication);
        else PublishToLog(session, membership.Room, entry, publication);
    }

    private static void PublishToLog(Session session, Room room, in BatchEntry entry, in Publication publication)
    {
        session.AwaitAnswer(Fanout.Log.PublicationRecord.LengthOf(publication));
        // A room with a member in it, this one, does not vanish.
        bool taken = room.TryPublish(session.Loop, entry, publication);
        System.Diagnostics.Debug.Assert(taken);
    }

    private static void PublishEphemeral(Session session, Room room, in BatchEntry entry, in Publication publication)
    {
        bool taken = room.TryPublishEphemeral(session.Loop, entry, publication);
        System.Diagnostics.Debug.Assert(taken);
        if (!publication.Id.IsEmpty) session.WriteAck(room, 0, publication.Id);
    }
}
