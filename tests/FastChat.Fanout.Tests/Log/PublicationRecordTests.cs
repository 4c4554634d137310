using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Tests.Log;

public sealed class PublicationRecordTests
{
    [Fact]
    public void What_was_written_reads_back_whatever_is_empty()
    {
        for (int mask = 0; mask < 32; mask++)
        {
            byte[] user = Bytes(mask, 1, MessageLimits.NameBytesMax), id = Bytes(mask, 2, 64), kind = Bytes(mask, 4, 64);
            byte[] text = Bytes(mask, 8, 70_000), data = Bytes(mask, 16, 300);
            Publication publication = new() { TimestampMs = 1234567890123, User = user, Id = id, Kind = kind, Text = text, Data = data };
            using ByteWriter output = new();
            output.Write("before"u8);
            PublicationRecord.Write(output, new PersonId(-5), publication);
            ReadOnlySpan<byte> record = output.WrittenSpan[6..];
            Assert.Equal(PublicationRecord.LengthOf(publication), record.Length);
            Assert.Equal(new PersonId(-5), PublicationRecord.Author(record));
            Assert.True(PublicationRecord.Id(record).SequenceEqual(id));

            Publication read = PublicationRecord.Read(record, "room"u8, "epoch"u8, 77);
            Assert.Equal((1234567890123, 77L), (read.TimestampMs, read.Offset));
            Assert.True(read.User.SequenceEqual(user) && read.Id.SequenceEqual(id) && read.Kind.SequenceEqual(kind));
            Assert.True(read.Text.SequenceEqual(text) && read.Data.SequenceEqual(data));
            Assert.True(read.Room.SequenceEqual("room"u8) && read.Epoch.SequenceEqual("epoch"u8));
        }
    }

    private static byte[] Bytes(int mask, int bit, int length)
    {
        byte[] bytes = new byte[(mask & bit) != 0 ? length : 0];
        new Random(bit).NextBytes(bytes);
        return bytes;
    }
}
