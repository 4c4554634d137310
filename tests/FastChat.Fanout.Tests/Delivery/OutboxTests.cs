using FastChat.Fanout.Delivery;

namespace FastChat.Fanout.Tests.Delivery;

public sealed class OutboxTests
{
    private readonly SharedBufferPool _pool = new();
    private readonly Outbox _outbox = new();

    [Fact]
    public void Bytes_come_out_in_the_order_they_went_in_whatever_is_taken_at_a_time()
    {
        List<byte> wanted = [], got = [];
        Random random = new(1);
        for (int i = 0; i < 50; i++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            int sent = i == 0 ? random.Next(bytes.Length) : 0;
            wanted.AddRange(bytes[sent..]);
            Add(bytes, sent);
        }

        Assert.Equal(wanted.Count, _outbox.Bytes);
        while (!_outbox.IsEmpty)
        {
            int count = random.Next(1, _outbox.Head.Length + 1);
            got.AddRange(_outbox.Head.Span[..count].ToArray());
            _outbox.Advance(count);
            Assert.Equal(wanted.Count - got.Count, _outbox.Bytes);
        }

        Assert.Equal(wanted, got);
        Assert.Equal(0, _pool.LeasedCount);
    }

    [Fact]
    public void What_is_begun_or_was_put_first_must_end_before_anything_else()
    {
        Add([1, 2, 3], 0);
        Assert.False(_outbox.MustEndHead);
        _outbox.Advance(1);
        Assert.True(_outbox.MustEndHead);
        _outbox.Advance(2);
        Assert.False(_outbox.MustEndHead);

        SharedBuffer first = Rent([4, 5]);
        _outbox.AddFirst(first, 0, 0);
        first.Release();
        Add([6], 0);
        Assert.True(_outbox.MustEndHead);
        _outbox.Advance(2);
        Assert.False(_outbox.MustEndHead);
        _outbox.Clear();
        Assert.Equal(0, _pool.LeasedCount);
    }

    [Fact]
    public void Another_outbox_goes_behind_and_all_can_be_dropped_but_the_head()
    {
        Outbox other = new();
        foreach (byte one in new byte[] { 1, 2, 3 })
        {
            SharedBuffer buffer = Rent([one, one]);
            other.Add(buffer, 0, 0);
            buffer.Release();
        }

        Add([9, 9, 9], 1);
        _outbox.Append(other);
        Assert.True(other.IsEmpty);
        Assert.Equal((0, 8), (other.Bytes, _outbox.Bytes));
        _outbox.DropWaiting();
        Assert.Equal((2, 1), (_outbox.Bytes, _pool.LeasedCount));
        _outbox.Clear();
        Assert.Equal((0, 0), (_outbox.Bytes, _pool.LeasedCount));
    }

    private void Add(byte[] bytes, int sent)
    {
        SharedBuffer buffer = Rent(bytes);
        _outbox.Add(buffer, sent, 0);
        buffer.Release();
    }

    private SharedBuffer Rent(byte[] bytes)
    {
        SharedBuffer buffer = _pool.Rent(bytes.Length);
        buffer.Writer.Write(bytes);
        return buffer;
    }
}
