using System.Buffers;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Tests.MessagePack;

public sealed class MessagePackLimitsTests
{
    [Theory]
    [InlineData("dd ff ff ff ff")]
    [InlineData("df ff ff ff ff")]
    [InlineData("df 80 00 00 00 c0 c0")]
    [InlineData("db ff ff ff ff 61")]
    [InlineData("c6 ff ff ff ff 00")]
    [InlineData("c9 ff ff ff ff 01 00")]
    [InlineData("92 dd 00 00 00 02 c0")]
    [InlineData("9f c0")]
    [InlineData("81 c0")]
    public void A_size_that_the_bytes_cannot_hold_needs_more_data_at_once(string hex)
    {
        byte[] bytes = Hex.Parse(hex);
        MessagePackReader reader = new(bytes);
        Assert.False(reader.TrySkip(32));
        Assert.Equal(OperationStatus.NeedMoreData, reader.Status);
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData("dd ff ff ff ff c0")]
    [InlineData("df ff ff ff ff c0")]
    [InlineData("df 00 00 00 01 c0")]
    [InlineData("db ff ff ff ff 61")]
    [InlineData("c6 ff ff ff ff 00")]
    [InlineData("c9 ff ff ff ff 01 00")]
    public void No_read_hands_out_a_count_or_length_that_the_bytes_cannot_hold(string hex)
    {
        MessagePackReader reader = new(Hex.Parse(hex));
        bool good = reader.NextType switch
        {
            MessagePackType.Array => reader.TryReadArrayHeader(out _),
            MessagePackType.Map => reader.TryReadMapHeader(out _),
            MessagePackType.String => reader.TryReadString(out _),
            MessagePackType.Binary => reader.TryReadBinary(out _),
            _ => reader.TryReadExtension(out _, out _),
        };
        Assert.False(good);
        Assert.Equal(OperationStatus.NeedMoreData, reader.Status);
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData(0x91, false)]
    [InlineData(0x81, true)]
    public void Nesting_ten_thousand_deep_is_refused_at_the_limit(byte head, bool isMap)
    {
        byte[] bytes = new byte[isMap ? 20_000 : 10_000];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = isMap && i % 2 == 1 ? (byte)0xc0 : head;
        MessagePackReader reader = new(bytes);
        Assert.False(reader.TrySkip(32));
        Assert.Equal(OperationStatus.InvalidData, reader.Status);
        Assert.False(reader.TrySkip(MessagePackReader.DepthMax));
        Assert.Equal(OperationStatus.InvalidData, reader.Status);
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(MessagePackReader.DepthMax)]
    public void Nesting_to_exactly_the_limit_is_taken_and_one_more_is_not(int depthMax)
    {
        byte[] within = [.. Enumerable.Repeat((byte)0x91, depthMax), 0xc0];
        byte[] beyond = [.. Enumerable.Repeat((byte)0x91, depthMax), 0x90];
        Assert.True(new MessagePackReader(within).TrySkip(depthMax));
        MessagePackReader reader = new(beyond);
        Assert.False(reader.TrySkip(depthMax));
        Assert.Equal(OperationStatus.InvalidData, reader.Status);
    }

    [Fact]
    public void A_depth_beyond_the_readers_own_is_the_callers_mistake()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackReader([0xc0]).TrySkip(MessagePackReader.DepthMax + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackReader([0xc0]).TrySkip(-1));
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("91 c1")]
    [InlineData("82 c0 c0 c0 c1")]
    [InlineData("a1 ff")]
    [InlineData("a2 c0 80")]
    [InlineData("a3 ed a0 80")]
    [InlineData("a1 c3")]
    [InlineData("92 01 d9 01 80")]
    [InlineData("81 a1 ff 01")]
    public void What_is_no_MessagePack_or_no_UTF8_is_invalid(string hex)
    {
        MessagePackReader reader = new(Hex.Parse(hex));
        Assert.False(reader.TrySkip(32));
        Assert.Equal(OperationStatus.InvalidData, reader.Status);
        Assert.False(reader.TryReadRaw(32, out ReadOnlySpan<byte> raw));
        Assert.True(raw.IsEmpty);
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void A_long_array_of_empty_arrays_costs_one_step_each_and_no_memory()
    {
        byte[] bytes = new byte[5 + 1_000_000];
        Array.Fill(bytes, (byte)0x90);
        Hex.Parse("dd 00 0f 42 40").CopyTo(bytes, 0);
        Assert.True(new MessagePackReader(bytes).TrySkip(2));
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = new MessagePackReader(bytes).TrySkip(2);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);
    }

    [Fact]
    public void Every_read_of_another_type_fails_and_stays_in_place()
    {
        string[] values = ["c0", "c3", "05", "cb 3f f0 00 00 00 00 00 00", "a1 61", "c4 01 00", "90", "80", "d4 01 00"];
        foreach (string value in values)
        {
            byte[] bytes = Hex.Parse(value);
            MessagePackType type = new MessagePackReader(bytes).NextType;
            MessagePackReader reader = new(bytes);
            int succeeded = 0;
            Count(reader.TryReadNil(), MessagePackType.Nil, ref reader);
            Count(reader.TryReadBoolean(out _), MessagePackType.Boolean, ref reader);
            Count(reader.TryReadInt64(out _), MessagePackType.Integer, ref reader);
            Count(reader.TryReadUInt64(out _), MessagePackType.Integer, ref reader);
            if (type != MessagePackType.Integer) Count(reader.TryReadDouble(out _), MessagePackType.Float, ref reader);
            Count(reader.TryReadString(out _), MessagePackType.String, ref reader);
            Count(reader.TryReadBinary(out _), MessagePackType.Binary, ref reader);
            Count(reader.TryReadExtension(out _, out _), MessagePackType.Extension, ref reader);
            Count(reader.TryReadArrayHeader(out _), MessagePackType.Array, ref reader);
            Count(reader.TryReadMapHeader(out _), MessagePackType.Map, ref reader);
            Assert.Equal(type == MessagePackType.Integer ? 2 : 1, succeeded);

            void Count(bool success, MessagePackType wanted, ref MessagePackReader reader)
            {
                Assert.Equal(wanted == type, success);
                if (success) succeeded++;
                else Assert.Equal(OperationStatus.InvalidData, reader.Status);
                Assert.Equal(success ? bytes.Length : 0, reader.Position);
                reader = new MessagePackReader(bytes);
            }
        }
    }

    [Fact]
    public void Integers_out_of_range_are_invalid()
    {
        MessagePackReader large = new(Hex.Parse("cf 80 00 00 00 00 00 00 00"));
        Assert.False(large.TryReadInt64(out _));
        Assert.Equal(OperationStatus.InvalidData, large.Status);
        Assert.True(large.TryReadUInt64(out ulong value));
        Assert.Equal(1UL << 63, value);

        MessagePackReader negative = new([0xff]);
        Assert.False(negative.TryReadUInt64(out _));
        Assert.Equal(OperationStatus.InvalidData, negative.Status);
        Assert.True(negative.TryReadInt64(out long minusOne));
        Assert.Equal(-1, minusOne);
    }

    [Theory]
    [InlineData("d7 ff ee 6b 28 00 00 00 00 00")] // 1,000,000,000 ns
    [InlineData("c7 0c ff 3b 9a ca 00 00 00 00 00 00 00 00 00")]
    [InlineData("c7 0c ff ff ff ff ff 00 00 00 00 00 00 00 00")]
    [InlineData("d4 ff 00")]
    [InlineData("c7 00 ff")]
    [InlineData("d6 00 00 00 00 00")] // not type -1
    public void A_timestamp_out_of_range_or_size_is_invalid(string hex)
    {
        MessagePackReader reader = new(Hex.Parse(hex));
        Assert.False(reader.TryReadTimestamp(out _));
        Assert.Equal(OperationStatus.InvalidData, reader.Status);
        Assert.Equal(0, reader.Position);
        Assert.True(reader.TryReadExtension(out _, out _));
    }

    [Fact]
    public void A_timestamp_with_impossible_nanoseconds_cannot_be_written()
    {
        using ByteWriter output = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(output).WriteTimestamp(new MessagePackTimestamp(0, 1_000_000_000)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(output).WriteTimestamp(new MessagePackTimestamp(0, -1)));
    }

    [Fact]
    public void At_the_end_every_read_needs_more_data()
    {
        MessagePackReader reader = new([]);
        Assert.Equal(OperationStatus.Done, reader.Status);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(MessagePackType.None, reader.NextType);
        Assert.False(reader.TryReadDouble(out _));
        Assert.Equal(OperationStatus.NeedMoreData, reader.Status);
        Assert.False(reader.TrySkip(0));
        Assert.Equal(OperationStatus.NeedMoreData, reader.Status);
    }
}
