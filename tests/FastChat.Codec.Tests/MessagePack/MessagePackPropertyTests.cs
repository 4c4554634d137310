using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.MessagePack;

public sealed class MessagePackPropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void What_was_written_reads_back() =>
        Prop.ForAll(Sample.Arbitrary(), sample => Description.Of(sample.Bytes) == sample.Text).Check(Many);

    [Fact]
    public void A_value_at_every_edge_reads_back()
    {
        foreach (Sample sample in Sample.Edges()) Assert.Equal(sample.Text, Description.Of(sample.Bytes));
    }

    [Fact]
    public void Every_value_cut_anywhere_is_refused_in_place() => Prop.ForAll(Sample.Arbitrary(), sample =>
    {
        for (int length = 0; length < sample.Bytes.Length; length++)
        {
            MessagePackReader reader = new(sample.Bytes.AsSpan(0, length));
            if (reader.TrySkip(32) || reader.Position != 0 || reader.Status != System.Buffers.OperationStatus.NeedMoreData) return false;
        }
        return true;
    }).Check(Config.QuickThrowOnFailure);

    /// <summary>Spans are bounds-checked, so a read past the end would throw.</summary>
    [Fact]
    public void Random_bytes_never_throw_and_never_move_a_failed_reader() =>
        Prop.ForAll<byte[]>(bytes => ReadEverything(bytes)).Check(Many);

    [Fact]
    public void Damaged_values_never_throw_and_never_move_a_failed_reader() => Prop.ForAll(
        Sample.Arbitrary(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<byte>(), (sample, at, damage) =>
        {
            byte[] bytes = [.. sample.Bytes];
            bytes[at.Get % bytes.Length] = damage;
            return ReadEverything(bytes);
        }).Check(Many);

    [Fact]
    public void Skipping_agrees_with_reading() => Prop.ForAll<byte[]>(bytes =>
    {
        MessagePackReader skipper = new(bytes);
        MessagePackReader reader = new(bytes);
        bool skipped = skipper.TrySkip(Description.DepthMax);
        bool read = Description.Read(ref reader) is not null;
        return skipped == read && (!skipped || skipper.Position == reader.Position);
    }).Check(Many);

    [Fact]
    public void Writing_and_reading_allocate_nothing_once_warm()
    {
        using ByteWriter output = new(256);
        RoundTrip(output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = RoundTrip(output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);
    }

    private static bool RoundTrip(ByteWriter output)
    {
        output.Clear();
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(5);
        writer.WriteString("text: ü");
        writer.WriteInt64(-70_000);
        writer.WriteDouble(0.5);
        writer.WriteTimestamp(new MessagePackTimestamp(1, 2));
        writer.WriteMapHeader(1);
        writer.WriteBoolean(true);
        writer.WriteBinary([1, 2, 3]);
        MessagePackReader reader = new(output.WrittenSpan);
        return reader.TryReadArrayHeader(out _) && reader.TryReadString(out _) && reader.TryReadInt64(out _) && reader.TryReadDouble(out _)
            && reader.TryReadTimestamp(out _) && reader.TrySkip(1) && reader.IsAtEnd;
    }

    private static bool ReadEverything(byte[] bytes)
    {
        MessagePackReader reader = new(bytes);
        while (!reader.IsAtEnd)
        {
            int start = reader.Position;
            if (reader.TryReadNil()) continue;
            if (reader.TryReadBoolean(out _)) continue;
            if (reader.TryReadInt64(out _)) continue;
            if (reader.TryReadUInt64(out _)) continue;
            if (reader.TryReadDouble(out _)) continue;
            if (reader.TryReadString(out _)) continue;
            if (reader.TryReadBinary(out _)) continue;
            if (reader.TryReadTimestamp(out _)) continue;
            if (reader.TryReadExtension(out _, out _)) continue;
            if (reader.Position != start) return false;
            MessagePackReader skipper = reader;
            if (!skipper.TrySkip(32) && (skipper.Position != start || skipper.Status == System.Buffers.OperationStatus.Done)) return false;
            if (reader.TryReadArrayHeader(out _)) continue;
            if (reader.TryReadMapHeader(out _)) continue;
            return reader.Position == start;
        }
        return true;
    }
}
