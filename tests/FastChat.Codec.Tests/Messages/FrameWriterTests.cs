using System.Buffers;
using System.Buffers.Binary;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.Messages;

public sealed class FrameWriterTests
{
    public static TheoryData<WireForm, int> FormsAndLengths =>
        [.. from form in Enum.GetValues<WireForm>() from length in (int[])[0, 1, 2, 125, 126, 127, 65_535, 65_536, 1_000_000] select (form, length)];

    [Theory]
    [MemberData(nameof(FormsAndLengths))]
    public void What_is_written_between_begin_and_end_is_one_frame_behind_what_was_there(WireForm form, int payloadBytes)
    {
        using ByteWriter output = new();
        output.Write("before"u8);
        byte[] payload = [.. Enumerable.Range(0, payloadBytes).Select(i => (byte)i)];

        int start = FrameWriter.Begin(output, form);
        output.Write(payload);
        FrameWriter.End(output, form, start);

        Assert.Equal(6, start);
        Assert.True(output.WrittenSpan.StartsWith("before"u8));
        ReadOnlySpan<byte> frame = output.WrittenSpan[start..];
        int headerBytes = ReadHeader(frame, form, out long length);
        Assert.Equal(payloadBytes, length);
        Assert.True(frame[headerBytes..].SequenceEqual(payload));
    }

    [Fact]
    public void Frames_follow_one_another()
    {
        using ByteWriter output = new();
        foreach (int length in (int[])[1, 70_000, 200])
        {
            int start = FrameWriter.Begin(output, WireForm.JsonWebSocket);
            output.Write(new byte[length]);
            FrameWriter.End(output, WireForm.JsonWebSocket, start);
        }
        Assert.Equal(2 + 1 + 10 + 70_000 + 4 + 200, output.Length);
    }

    private static int ReadHeader(ReadOnlySpan<byte> frame, WireForm form, out long payloadBytes)
    {
        if (form == WireForm.MessagePackTcp)
        {
            payloadBytes = BinaryPrimitives.ReadUInt32BigEndian(frame);
            return 4;
        }
        Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(frame, out FrameHeader header, out int headerBytes));
        Assert.Equal(form.IsJson() ? WebSocketOpcode.Text : WebSocketOpcode.Binary, header.Opcode);
        Assert.True(header.IsFinal);
        Assert.False(header.IsMasked);
        payloadBytes = (long)header.PayloadLength;
        return headerBytes;
    }
}
