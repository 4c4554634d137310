using System.Text;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Testing;

/// <summary>What a client sent, copied.</summary>
internal sealed record Command(
    MessageType Type, string Id, string Room, string User, string Key, Position? Since, int Limit, string Text, string Kind, bool Ephemeral, bool ExcludeSelf,
    bool On, string Cursor, long Before)
{
    public static Command Of(in ClientMessage message) => new(
        message.Type, Decoded(message.Id), Decoded(message.Room), Decoded(message.User), Decoded(message.Key),
        message.HasSince ? new Position(Decoded(message.SinceEpoch), message.SinceOffset) : null,
        message.Limit, Decoded(message.Text), Decoded(message.Kind), message.Ephemeral, message.ExcludeSelf,
        message.On, Decoded(message.Cursor), message.Before);

    private static string Decoded(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
