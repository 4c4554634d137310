using System.Globalization;
using System.Text;
using FastChat.Client;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Cli.Terminal;

/// <summary>Writes events for people, or as the JSON envelopes of the protocol, one a line. What people see of other rooms names the room.</summary>
internal sealed class EventPrinter
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly bool _asJson;
    private readonly bool _withRoom;

    /// <param name="output">What happened in the rooms.</param>
    /// <param name="error">What happened to the connection.</param>
    /// <param name="asJson">Envelopes in place of text.</param>
    /// <param name="withRoom">Whether each line names its room; JSON always does.</param>
    public EventPrinter(TextWriter output, TextWriter error, bool asJson, bool withRoom)
    {
        _output = output;
        _error = error;
        _asJson = asJson;
        _withRoom = withRoom;
    }

    /// <summary>Writes the event, if there is anything to say about it.</summary>
    public void Print(ChatEvent happened)
    {
        switch (happened)
        {
            case RoomJoined joined:
                foreach (ChatMessage message in joined.Messages) Message(message);
                break;
            case MessageReceived received:
                Message(received.Message);
                break;
            case JoinNotice notice:
                Line(notice.Room, notice.Timestamp, $"* {notice.User} joined", output => Notice(output, MessageType.Join, notice.Room, notice.User, notice.Timestamp));
                break;
            case LeaveNotice notice:
                Line(notice.Room, notice.Timestamp, $"* {notice.User} left", output => Notice(output, MessageType.Leave, notice.Room, notice.User, notice.Timestamp));
                break;
            case GapDetected gap:
                Gap(gap);
                break;
            case RoomLost lost:
                _error.WriteLine(Commands.FastChatCommand.Describe(lost.Error));
                break;
            case ErrorReceived received:
                _error.WriteLine(Commands.FastChatCommand.Describe(received.Error));
                break;
            case StateChanged { State: ConnectionState.Waiting, Error: FastChatException error } waiting:
                _error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{Commands.FastChatCommand.Describe(error)}; trying again in {waiting.Delay.TotalSeconds:0.0} s"));
                break;
            default:
                break;
        }
    }

    private static void Notice(ByteWriter output, MessageType type, string room, string user, DateTimeOffset timestamp) =>
        JsonEncoder.Instance.WriteNotice(output, type, Utf8(room), Utf8(user), timestamp.ToUnixTimeMilliseconds());

    private static byte[] Utf8(string? text) => Encoding.UTF8.GetBytes(text ?? "");

    private void Message(ChatMessage message)
    {
        string kind = message.Kind == ChatMessage.DefaultKind ? "" : $" [{message.Kind}]";
        string content = message.Text ?? $"({message.Data.Length} bytes of data)";
        Line(message.Room, message.Timestamp, $"{message.User}{kind}: {content}", output =>
        {
            Publication publication = new()
            {
                Room = Utf8(message.Room),
                Epoch = Utf8(message.Position?.Epoch),
                Offset = message.Position?.Offset ?? 0,
                TimestampMs = message.Timestamp.ToUnixTimeMilliseconds(),
                User = Utf8(message.User),
                Text = Utf8(message.Text),
                Data = message.Data.Span,
                Kind = message.Kind == ChatMessage.DefaultKind ? default : Utf8(message.Kind),
                Id = Utf8(message.Id),
            };
            JsonEncoder.Instance.WriteMsg(output, publication, withId: message.Id is not null);
        });
    }

    private void Gap(GapDetected gap)
    {
        string range = gap.To is long to ? $"{gap.From} to {to} of {gap.Epoch}" : $"from {gap.From} of {gap.Epoch} on, how much is not known,";
        if (_asJson && gap.To is long last)
            Json(output => JsonEncoder.Instance.WriteGap(output, Utf8(gap.Room), Utf8(gap.Epoch), gap.From, last));
        else
            _error.WriteLine(TerminalText.Escape($"fastchat: {gap.Room}: {range} could not be had"));
    }

    private void Line(string room, DateTimeOffset timestamp, string text, Action<ByteWriter> json)
    {
        if (_asJson)
        {
            Json(json);
            return;
        }
        string where = _withRoom ? $"{room} " : "";
        _output.WriteLine(TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"{timestamp.ToLocalTime():HH:mm:ss} {where}{text}")));
    }

    private void Json(Action<ByteWriter> write)
    {
        using ByteWriter envelope = new(512);
        write(envelope);
        _output.WriteLine(TerminalText.EscapeJson(Encoding.UTF8.GetString(envelope.WrittenSpan)));
    }
}
