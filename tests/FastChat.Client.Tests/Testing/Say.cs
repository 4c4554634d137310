using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Testing;

/// <summary>What a scripted gateway says, encoded by the codec.</summary>
internal static class Say
{
    public const string Room = "lobby";
    public const string Epoch = "e1";

    private static readonly MessagePackEncoder Encoder = MessagePackEncoder.Instance;

    /// <summary>One publication of <see cref="Room"/>; with an id, it is told to its author.</summary>
    public sealed record Entry(long Offset, string Text, string? Id = null, string Epoch = Epoch, string User = "bob", string Kind = "")
    {
        public Publication ToPublication(string room) => new()
        {
            Room = Utf8(room),
            Epoch = Utf8(Epoch),
            Offset = Offset,
            TimestampMs = 1_000 * Offset,
            User = Utf8(User),
            Text = Utf8(Text),
            Kind = Utf8(Kind),
            Id = Utf8(Id),
        };
    }

    public static Action<ByteWriter> Msg(long offset, string text, string? id = null, string epoch = Epoch) => Msg(new Entry(offset, text, id, epoch));

    public static Action<ByteWriter> Msg(Entry entry) => output => Encoder.WriteMsg(output, entry.ToPublication(Room), withId: entry.Id is not null);

    /// <summary>Answers a join, or a request for history.</summary>
    public static Action<ByteWriter> History(
        Command asked, long offset, bool recovered = false, bool more = false, string epoch = Epoch, string user = "alice", string key = "", params Entry[] messages) => output =>
    {
        HistoryHead head = new()
        {
            Id = Utf8(asked.Id),
            Room = Utf8(asked.Room),
            Epoch = Utf8(epoch),
            Offset = offset,
            Recovered = recovered,
            More = more,
            You = asked.Type == MessageType.Join ? Utf8(user) : default,
            Key = Utf8(key),
            MessageCount = messages.Length,
        };
        Encoder.BeginHistory(output, head);
        for (int i = 0; i < messages.Length; i++)
            Encoder.WriteHistoryEntry(output, i, messages[i].ToPublication(asked.Room), withId: messages[i].Id is not null);
        Encoder.EndHistory(output, head);
    };

    public static Action<ByteWriter> Ack(Command published, long offset) =>
        output => Encoder.WriteAck(output, Utf8(published.Id), Utf8(published.Room), published.Ephemeral ? default : Utf8(Epoch), offset);

    public static Action<ByteWriter> Error(ErrorCode code, Command? asked = null, int retryAfterMs = 0, string suggestion = "") => output => Encoder.WriteError(output, new ErrorAnswer
    {
        Code = code,
        Message = "no"u8,
        Id = Utf8(asked?.Id),
        Room = Utf8(asked?.Room),
        RetryAfterMs = retryAfterMs,
        Suggestion = Utf8(suggestion),
    });

    public static Action<ByteWriter> Notice(MessageType type, string user, string room = Room) =>
        output => Encoder.WriteNotice(output, type, Utf8(room), Utf8(user), 5_000);

    public static Action<ByteWriter> Typing(string user, bool on) => output => Encoder.WriteTyping(output, Utf8(Room), Utf8(user), on);

    public static Action<ByteWriter> Position(long offset, string epoch = Epoch) => output => Encoder.WritePosition(output, Utf8(Room), Utf8(epoch), offset);

    public static Action<ByteWriter> Gap(long from, long to, string epoch = Epoch) => output => Encoder.WriteGap(output, Utf8(Room), Utf8(epoch), from, to);

    public static Action<ByteWriter> Close(CloseReason reason, int delayMs = 0) => output => Encoder.WriteClose(output, reason, delayMs);

    public static Action<ByteWriter> Ping() => Encoder.WritePing;

    public static Action<ByteWriter> Pong() => output => Encoder.WritePong(output, 7_000);

    public static Action<ByteWriter> Presence(Command? asked, string[]? users, string next = "") => output =>
    {
        PresenceHead head = new()
        {
            Id = Utf8(asked?.Id),
            Room = Utf8(Room),
            Version = 3,
            Count = users?.Length ?? 1_000,
            HasUsers = users is not null,
            UserCount = users?.Length ?? 0,
            Next = Utf8(next),
        };
        Encoder.BeginPresence(output, head);
        for (int i = 0; i < head.UserCount; i++) Encoder.WritePresenceUser(output, i, Utf8(users![i]));
        Encoder.EndPresence(output, head);
    };

    private static byte[] Utf8(string? text) => Encoding.UTF8.GetBytes(text ?? "");
}
