using System.Text;
using FastChat.Codec.MessagePack;
using FastChat.Codec.Messages;

namespace FastChat.Client.Messages;

/// <summary>Checks what an application hands over before it reaches a connection, where a mistake would cost more than itself.</summary>
internal static class OutgoingEncoder
{
    /// <summary>Encodes a publish.</summary>
    /// <exception cref="FastChatException">InvalidField or MessageTooBig: no gateway would take it.</exception>
    public static byte[] Encode(string room, string id, OutgoingMessage message, int messageBytesMax)
    {
        CheckRoom(room);
        if (string.IsNullOrEmpty(message.Text) && message.Data.IsEmpty) throw Invalid(room, id, "A message carries text or data.");
        if (!IsWithin(id, 1, MessageLimits.IdBytesMax)) throw Invalid(room, id, $"An id is text of 1 to {MessageLimits.IdBytesMax} bytes.");
        if (message.Kind is not null && !IsWithin(message.Kind, 1, MessageLimits.KindBytesMax))
            throw Invalid(room, id, $"A kind is text of 1 to {MessageLimits.KindBytesMax} bytes.");
        if (!message.Data.IsEmpty && !IsOneValue(message.Data.Span))
            throw Invalid(room, id, $"Data is one MessagePack value, at most {MessageLimits.DepthMax - 1} deep.");

        byte[] encoded = Wire.Msg(id, room, message);
        if (encoded.Length > messageBytesMax)
        {
            throw new FastChatException(FastChatError.MessageTooBig, $"The message has {encoded.Length} bytes; the limit is {messageBytesMax}.")
            {
                Room = room,
                Id = id,
            };
        }
        return encoded;
    }

    /// <exception cref="FastChatException">InvalidField: no room has that id.</exception>
    public static void CheckRoom(string room)
    {
        if (!IsWithin(room, 1, MessageLimits.RoomBytesMax))
            throw new FastChatException(FastChatError.InvalidField, $"A room id has 1 to {MessageLimits.RoomBytesMax} characters.") { Room = room };
    }

    /// <exception cref="FastChatException">InvalidField: no gateway gave that position.</exception>
    public static void CheckPosition(string room, Position position)
    {
        if (position.Epoch is null || position.Offset is < 0 or > MessageLimits.SafeIntegerMax || !IsWithin(position.Epoch, 1, MessageLimits.EpochBytesMax))
            throw new FastChatException(FastChatError.InvalidField, $"{position} is no position.") { Room = room };
    }

    private static bool IsWithin(string text, int bytesMin, int bytesMax)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes >= bytesMin && bytes <= bytesMax;
    }

    private static bool IsOneValue(ReadOnlySpan<byte> data)
    {
        MessagePackReader reader = new(data);
        // The message's own array is one level.
        return reader.TrySkip(MessageLimits.DepthMax - 1) && reader.IsAtEnd;
    }

    private static FastChatException Invalid(string room, string id, string why) => new(FastChatError.InvalidField, why) { Room = room, Id = id };
}
