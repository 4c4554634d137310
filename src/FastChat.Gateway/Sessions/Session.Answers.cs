// Data plane: no allocation after warm-up. See SessionBenchmarks.
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Gateway.Sessions;

/// <summary>What commands answer with, on the control lane, and what they keep of the connection.</summary>
internal sealed partial class Session
{
    private RateLimiter _commandRate;

    /// <summary>Commands other than publishes.</summary>
    public ref RateLimiter CommandRate => ref _commandRate;

    /// <summary>Refused commands.</summary>
    public ref RateLimiter ErrorRate => ref (_turn ??= new SessionTurn(this)).ErrorRate;

    /// <summary>From here on the connection speaks for <paramref name="person"/>, until it ends; null: its first join was refused.</summary>
    public void SpeakFor(Person? person) => Person = person;

    /// <summary>Leaves a room, as the peer asked.</summary>
    public void Leave(Membership membership) => LeaveRoom(membership, isAbrupt: false);

    /// <summary>Answers a publish; without an offset on the ephemeral lane.</summary>
    public void WriteAck(Room room, long offset, ReadOnlySpan<byte> id)
    {
        int start = BeginAnswer(out ByteWriter output, out IMessageEncoder encoder);
        encoder.WriteAck(output, id, room.Id.Ascii, offset > 0 ? RoomEpoch.Text(in room.Epoch) : default, offset);
        FrameWriter.End(output, Form, start);
    }

    /// <summary>Refuses a command.</summary>
    public void WriteError(in ErrorAnswer error)
    {
        SessionMetrics.Refused(error.Code);
        int start = BeginAnswer(out ByteWriter output, out IMessageEncoder encoder);
        encoder.WriteError(output, error);
        FrameWriter.End(output, Form, start);
    }

    /// <summary>Tells the connection itself that it has left, behind what it was still given of the room.</summary>
    public void WriteLeft(Room room)
    {
        int start = BeginAnswer(out ByteWriter output, out IMessageEncoder encoder);
        encoder.WriteNotice(output, MessageType.Leave, room.Id.Ascii, Person!.Name, Loop.NowUnixMs);
        FrameWriter.End(output, Form, start);
        KeepControlBehindData();
    }

    /// <summary>Answers a ping message.</summary>
    public void WritePong()
    {
        int start = BeginAnswer(out ByteWriter output, out IMessageEncoder encoder);
        encoder.WritePong(output, Loop.NowUnixMs);
        FrameWriter.End(output, Form, start);
    }

    private void WriteCloseMessage(CloseReason reason, int delayMs)
    {
        int start = BeginAnswer(out ByteWriter output, out IMessageEncoder encoder);
        encoder.WriteClose(output, reason, delayMs);
        FrameWriter.End(output, Form, start);
    }

    private void WriteCloseFrame(CloseReason reason, int delayMs)
    {
        // A close frame has no room for a delay, so the message goes ahead of it.
        if (delayMs > 0) WriteCloseMessage(reason, delayMs);
        CloseFrame.Write(Control, (ushort)reason, CloseReasons.Utf8(reason));
    }

    private int BeginAnswer(out ByteWriter output, out IMessageEncoder encoder)
    {
        output = Control;
        encoder = WireForms.EncoderOf(Form);
        return FrameWriter.Begin(output, Form);
    }
}
