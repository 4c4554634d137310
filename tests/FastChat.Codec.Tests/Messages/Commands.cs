using System.Globalization;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.Tests.MessagePack;

namespace FastChat.Codec.Tests.Messages;

/// <summary>Shows a decoded message as one text, to be compared.</summary>
internal static class Commands
{
    public static string Describe(in ClientMessage message)
    {
        StringBuilder text = new();
        text.Append(message.Type);
        Append(text, "id", message.Id);
        Append(text, "room", message.Room);
        Append(text, "user", message.User);
        Append(text, "key", message.Key);
        Append(text, "token", message.Token);
        if (message.HasSince) text.Append(CultureInfo.InvariantCulture, $" since={Encoding.UTF8.GetString(message.SinceEpoch)}/{message.SinceOffset}");
        if (message.Limit >= 0) text.Append(CultureInfo.InvariantCulture, $" limit={message.Limit}");
        if (message.Before > 0) text.Append(CultureInfo.InvariantCulture, $" before={message.Before}");
        Append(text, "text", message.Text);
        if (!message.Data.IsEmpty) text.Append(CultureInfo.InvariantCulture, $" data={Description.Of(message.Data)}");
        Append(text, "kind", message.Kind);
        if (message.Ephemeral) text.Append(" ephemeral");
        if (message.ExcludeSelf) text.Append(" excludeSelf");
        if (!message.On) text.Append(" off");
        Append(text, "cursor", message.Cursor);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) text.Append(CultureInfo.InvariantCulture, $" {name}={Encoding.UTF8.GetString(value)}");
    }
}
