// Data plane: no allocation after warm-up. See PublicationRecordBenchmarks.
using System.Buffers.Binary;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Log;

/// <summary>
/// A publication as rooms keep it, from the moment it is taken until the log drops it. In memory only, so native to this build.
/// </summary>
/// <remarks>
/// <code>
///  0         8        16           20           24        25      26        27
///  +---------+--------+------------+------------+---------+-------+---------+------+----+------+------+------+
///  | time ms | author | text bytes | data bytes | user by | id by | kind by | user | id | kind | text | data |
///  | int64   | int64  | int32      | int32      | uint8   | uint8 | uint8   |      |    |      |      |      |
///  +---------+--------+------------+------------+---------+-------+---------+------+----+------+------+------+
/// </code>
/// Little-endian.
/// </remarks>
internal static class PublicationRecord
{
    private const int HeaderBytes = 27;

    /// <summary>Bytes that the record of a publication takes.</summary>
    public static int LengthOf(in Publication publication) =>
        HeaderBytes + publication.User.Length + publication.Id.Length + publication.Kind.Length + publication.Text.Length + publication.Data.Length;

    /// <summary>Appends the record. Room, epoch and offset are not part of it: the log knows them.</summary>
    public static void Write(ByteWriter output, PersonId author, in Publication publication)
    {
        int length = LengthOf(publication);
        Span<byte> record = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteInt64LittleEndian(record, publication.TimestampMs);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], author.Value);
        BinaryPrimitives.WriteInt32LittleEndian(record[16..], publication.Text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[20..], publication.Data.Length);
        record[24] = checked((byte)publication.User.Length);
        record[25] = checked((byte)publication.Id.Length);
        record[26] = checked((byte)publication.Kind.Length);
        Span<byte> rest = record[HeaderBytes..];
        rest = Put(rest, publication.User);
        rest = Put(rest, publication.Id);
        rest = Put(rest, publication.Kind);
        rest = Put(rest, publication.Text);
        Put(rest, publication.Data);
        output.Advance(length);
    }

    /// <summary>The author of a record.</summary>
    public static PersonId Author(ReadOnlySpan<byte> record) => new(BinaryPrimitives.ReadInt64LittleEndian(record[8..]));

    /// <summary>When it was taken, Unix milliseconds.</summary>
    public static long TimestampMs(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record);

    /// <summary>The author's message id; empty when none was given.</summary>
    public static ReadOnlySpan<byte> Id(ReadOnlySpan<byte> record) => record.Slice(HeaderBytes + record[24], record[25]);

    /// <summary>The publication that a record holds; borrows from all its arguments.</summary>
    public static Publication Read(ReadOnlySpan<byte> record, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset)
    {
        int textBytes = BinaryPrimitives.ReadInt32LittleEndian(record[16..]);
        int dataBytes = BinaryPrimitives.ReadInt32LittleEndian(record[20..]);
        int user = HeaderBytes, id = user + record[24], kind = id + record[25], text = kind + record[26];
        return new Publication
        {
            Room = room,
            Epoch = epoch,
            Offset = offset,
            TimestampMs = TimestampMs(record),
            User = record[user..id],
            Id = record[id..kind],
            Kind = record[kind..text],
            Text = record.Slice(text, textBytes),
            Data = record.Slice(text + textBytes, dataBytes),
        };
    }

    private static Span<byte> Put(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return destination[bytes.Length..];
    }
}
