using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tests.MessagePack;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.Messages;

public sealed class MessagePropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void Random_bytes_never_throw_in_any_reader() => Prop.ForAll<byte[], byte>((bytes, type) =>
    {
        ReadAll(bytes);
        ReadAll([0x9f, type, .. bytes]);
        ReadAll([0x9a, (byte)(type % 32), .. bytes]);
    }).Check(Many);

    [Fact]
    public void Random_values_in_every_place_never_throw() => Prop.ForAll(
        Gen.Choose(0, 24).Zip(Sample.GenerateWithAnyKeys().ListOf()).ToArbitrary(), drawn =>
        {
            Sample[] elements = [Sample.Integer(drawn.Item1), .. drawn.Item2];
            byte[] bytes = Sample.Array(elements).Bytes;
            ErrorCode code = ClientMessageReader.ReadMessagePack(bytes, out _, out int consumedBytes, out _);
            // Well-formed bytes are a message, if perhaps a refused one.
            return code is ErrorCode.None or ErrorCode.InvalidField && consumedBytes == bytes.Length && ReadAll(bytes);
        }).Check(Many);

    [Fact]
    public void Random_members_of_an_envelope_never_throw()
    {
        Gen<string> value = Gen.Elements("1", "-1", "\"a\"", "\"\\u0061\"", "\"\\ud800\"", "\"\"", "true", "null", "[]", "{\"epoch\":\"e\",\"offset\":3}", "{\"$bin\":\"AA==\"}", "{", "1.5");
        Gen<string> name = Gen.Elements("type", "payload", "id", "room", "user", "key", "token", "since", "limit", "text", "data", "kind", "on", "before", "cursor", "x");
        Gen<string> type = Gen.Elements("join", "leave", "msg", "typing", "presence", "history", "ping", "x").Select(text => $"\"type\":\"{text}\"");
        Gen<string> member = name.Zip(value).Select(pair => $"\"{pair.Item1}\":{pair.Item2}");
        Gen<string> payload = member.ListOf().Select(members => "\"payload\":{" + string.Join(',', members) + "}");
        Gen<string> envelope = Gen.Frequency((2, type), (2, payload), (1, member)).ListOf().Select(members => "{" + string.Join(',', members) + "}");
        Prop.ForAll(envelope.ToArbitrary(), json => ReadAll(Encoding.UTF8.GetBytes(json))).Check(Many);
    }

    [Fact]
    public void What_a_client_writes_the_gateway_reads() => Prop.ForAll(
        ArbMap.Default.ArbFor<UnicodeString>(), ArbMap.Default.ArbFor<NonNegativeInt>(), Sample.GenerateWithAnyKeys().ToArbitrary(), (text, number, data) =>
        {
            // Nil would count as no data.
            byte[] bytes = Sample.Array(data).Bytes;
            byte[] utf8 = Encoding.UTF8.GetBytes(text.Get ?? "");
            byte[] id = utf8.Length is >= 1 and <= MessageLimits.IdBytesMax ? utf8 : "id"u8.ToArray();
            using ByteWriter output = new();
            foreach (MessageType type in (MessageType[])[MessageType.Join, MessageType.Leave, MessageType.Msg, MessageType.Typing, MessageType.Presence, MessageType.History])
            {
                ClientMessage message = new()
                {
                    Type = type, Room = "room"u8, Limit = -1, On = true, Id = type == MessageType.Typing ? default : id,
                };
                switch (type)
                {
                    case MessageType.Join:
                        message.User = utf8;
                        message.HasSince = true;
                        message.SinceEpoch = "e"u8;
                        message.SinceOffset = number.Get;
                        break;
                    case MessageType.Msg:
                        message.Text = utf8;
                        message.Data = bytes;
                        message.Ephemeral = number.Get % 2 == 0;
                        break;
                    case MessageType.History:
                        message.Before = number.Get;
                        message.Limit = number.Get;
                        break;
                }
                output.Clear();
                ClientMessageWriter.Write(output, message);
                if (ClientMessageReader.ReadMessagePack(output.WrittenSpan, out ClientMessage read, out _, out _) != ErrorCode.None) return false;
                if (Commands.Describe(read) != Commands.Describe(message)) return false;
            }
            return true;
        }).Check(Config.QuickThrowOnFailure);

    private static bool ReadAll(byte[] bytes)
    {
        using ByteWriter scratch = new();
        ClientMessageReader.ReadJson(bytes, scratch, out ClientMessage json, out _);
        Commands.Describe(json);
        ClientMessageReader.ReadMessagePack(bytes, out ClientMessage command, out int consumedBytes, out _);
        Commands.Describe(command);
        ServerMessageReader.TryRead(bytes, out ServerMessage message, out int consumedByClient);
        ReadOnlySpan<byte> users = message.Users;
        while (ServerMessageReader.TryReadUser(ref users, out _)) { }
        ReadOnlySpan<byte> messages = message.Messages;
        while (!messages.IsEmpty && ServerMessageReader.TryRead(messages, out _, out int entryBytes)) messages = messages[entryBytes..];
        return consumedBytes <= bytes.Length && consumedByClient <= bytes.Length;
    }
}
