using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Fanout.Tests.Log;

public sealed class RoomLogTests
{
    /// <summary>Random appends, ageing and trimming, each looked at from end to end, beside a list that does the same.</summary>
    [Fact]
    public void It_holds_what_a_list_with_the_same_retention_holds() => Prop.ForAll(
        ArbMap.Default.ArbFor<PositiveInt>(), seed =>
        {
            Random random = new(seed.Get);
            RoomRetention retention = new(random.Next(1, 60), random.Next(1, 6000), TimeSpan.MaxValue);
            Model model = new(random.Next(3) == 0 ? random.Next(1_000_000) : 0, retention);
            for (int step = 0; step < 300; step++)
            {
                switch (random.Next(20))
                {
                    case 0:
                        model.DropBefore(step - random.Next(80));
                        break;
                    case 1:
                        model.Log.Trim();
                        break;
                    case 2:
                        model.Append(step, random.Next(2 * retention.BytesMax));
                        break;
                    default:
                        model.Append(step, random.Next(200));
                        break;
                }

                if (!model.Agrees()) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void The_newest_is_kept_whatever_its_size_and_the_ring_is_small_again_after_it()
    {
        RoomRetention retention = new(1000, 4096, TimeSpan.MaxValue);
        Model model = new(0, retention);
        for (int i = 0; i < 50; i++) model.Append(i, 100);
        model.Append(50, 1_000_000);
        Assert.True(model.Agrees());
        Assert.Equal(1, model.Log.Count);
        for (int i = 51; i < 200; i++) model.Append(i, 100);
        Assert.True(model.Agrees());
        Assert.InRange(model.Log.CapacityBytes, 4096, 8192);
    }

    [Fact]
    public void Once_full_it_appends_without_allocating()
    {
        RoomRetention retention = new(100, 64 * 1024, TimeSpan.MaxValue);
        RoomLog log = new(0);
        byte[][] records = [.. Enumerable.Range(0, 7).Select(static i => Record(0, i * 60))];
        for (int i = 0; i < 1000; i++) log.Append(records[i % 7], retention);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) log.Append(records[i % 7], retention);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void One_that_was_never_written_to_has_no_memory_and_begins_behind_what_it_is_told()
    {
        RoomLog log = new(41);
        Assert.Equal((42L, 41L, 0, 0), (log.First, log.Last, log.Count, log.CapacityBytes));
        log.Append(Record(0, 10), new RoomRetention(10, 1000, TimeSpan.MaxValue));
        Assert.Equal((42L, 42L, 1), (log.First, log.Last, log.Count));
    }

    [Fact]
    public void Trimmed_it_takes_little_more_than_what_it_holds()
    {
        RoomRetention retention = new(1000, 1024 * 1024, TimeSpan.MaxValue);
        Model model = new(0, retention);
        for (int i = 0; i < 900; i++) model.Append(i, 1000);
        model.DropBefore(890);
        model.Log.Trim();
        Assert.True(model.Agrees());
        Assert.InRange(model.Log.CapacityBytes, 10 * 1000, 11 * 1000 * 2);
        model.DropBefore(1000);
        Assert.Equal(0, model.Log.CapacityBytes);
        model.Append(1001, 5);
        Assert.True(model.Agrees());
    }

    private static byte[] Record(long timeMs, int textBytes)
    {
        using ByteWriter output = new();
        byte[] text = new byte[textBytes];
        Array.Fill(text, (byte)timeMs);
        PublicationRecord.Write(output, new PersonId(timeMs), new Publication { TimestampMs = timeMs, Text = text });
        return output.WrittenSpan.ToArray();
    }

    private sealed class Model
    {
        private readonly RoomRetention _retention;
        private readonly List<(long Offset, byte[] Record)> _records = [];
        private long _last;

        public Model(long last, RoomRetention retention)
        {
            _last = last;
            _retention = retention;
            Log = new RoomLog(last);
        }

        public RoomLog Log { get; }

        public void Append(long timeMs, int textBytes)
        {
            byte[] record = Record(timeMs, textBytes);
            Log.Append(record, _retention);
            _records.Add((++_last, record));
        }

        public void DropBefore(long timeMs)
        {
            Log.DropBefore(timeMs);
            _records.RemoveAll(entry => PublicationRecord.TimestampMs(entry.Record) < timeMs);
        }

        /// <summary>
        /// What is held is a run that ends with the newest and keeps to the retention; at least half of what the retention allows is there,
        /// since a record does not wrap round the ring's end.
        /// </summary>
        public bool Agrees()
        {
            if (Log.Last != _last || Log.First != _last - Log.Count + 1 || Log.Count > _retention.MessagesMax) return false;
            if (_records.Count > 0 && Log.Count == 0) return false;
            List<(long Offset, byte[] Record)> held = _records[^Math.Min(Log.Count, _records.Count)..];
            if (held.Count != Log.Count || held.Any(entry => !Log[entry.Offset].SequenceEqual(entry.Record))) return false;
            int heldBytes = held.Sum(static entry => entry.Record.Length);
            if (Log.Count > 1 && heldBytes > _retention.BytesMax) return false;

            // Nothing is dropped before it has to be.
            if (_records.Count == Log.Count || Log.Count == _retention.MessagesMax) return true;
            bool isTooLittle = heldBytes + _records[^(Log.Count + 1)].Record.Length <= _retention.BytesMax / 2;
            _records.RemoveRange(0, _records.Count - Log.Count);
            return !isTooLittle;
        }
    }
}
