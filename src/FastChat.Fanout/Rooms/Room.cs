// Data plane: no allocation after warm-up. See RoomShardBenchmarks.
using System.Diagnostics;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Rooms;

/// <summary>
/// A room: who is in it, the order of what is said, the log of it. Any loop may publish to it; its gate is held for the few
/// microseconds in which a batch is numbered, logged and encoded, never while a member is sent anything.
/// </summary>
/// <remarks>
/// <para>One message's way through here: <see cref="TryPublish"/> puts it into the channel (the open batch); at the end of the turn
/// <see cref="Drain"/> dedupes, numbers and logs the batch, has it encoded once for each form, and hands it to the shards, one a loop,
/// which deliver it. While its loop has not yet delivered the batch before to all, the room gathers on: that is one batch, too.</para>
/// Invariant: <see cref="_head"/> is the offset of the newest publication logged; the log holds a run of offsets that ends there.
/// </remarks>
internal sealed partial class Room
{
    // A channel gathers this much; beyond it the batch goes at once, or, where an older one is still under way, its publishers are held back.
    private const int ChannelBytesMax = 256 * 1024;

    // What may wait on a loop that is slower than the one that publishes, before the room gathers until that has caught up.
    private const int ShardBatchesMax = 4, ShardBytesMax = 512 * 1024;

    // The ephemeral lane, which is never held up, is dropped for a loop on which so much waits: it stands still.
    private const int ShardEphemeralMax = 32;

    private readonly RoomDirectory _directory;
    private readonly RoomEpoch _epoch;
    private long _head;             // Guarded by Gate, like all below.
    private RoomLog? _log;
    private DedupeWindow? _dedupe;
    private Batch? _channel;
    private RoomShard?[] _shards = [];
    private FormCounts _formCounts;
    private bool _isHeldUp;         // The channel waits for a shard to end what it has, see GoOnIfHeldUpLocked.
    private HoldUpCheck? _holdUpCheck;
    private bool _isRetired;

    public Room(RoomDirectory directory, RoomId id, RoomPolicy policy, RoomEpoch epoch)
    {
        _directory = directory;
        _epoch = epoch;
        Id = id;
        Policy = policy;
        Gate = directory.GateOf(id);
    }

    /// <summary>The room's id.</summary>
    public RoomId Id { get; }

    /// <summary>How it behaves.</summary>
    public RoomPolicy Policy { get; }

    /// <summary>The epoch of its offsets.</summary>
    public ref readonly RoomEpoch Epoch => ref _epoch;

    /// <summary>Guards the room. Shared with other rooms of the same hash: never held while another room's is taken.</summary>
    public Lock Gate { get; }

    /// <summary>Offset of the newest publication; 0 when there was none.</summary>
    public long Head
    {
        get
        {
            lock (Gate) return _head;
        }
    }

    /// <summary>Whether it gathers because a shard has not ended what it has. Under the gate.</summary>
    internal bool IsHeldUp => _isHeldUp;

    /// <summary>Takes a publication into the room's channel; at the end of the turn it is logged, answered and delivered.</summary>
    /// <param name="loop">The current loop.</param>
    /// <param name="entry">Publisher, author and how; the room fills in the rest.</param>
    /// <param name="publication">Borrowed; its room, epoch and offset are the room's to give.</param>
    /// <returns>False when the room has just vanished: look it up again.</returns>
    public bool TryPublish(Loop loop, BatchEntry entry, in Publication publication)
    {
        bool isFull;
        lock (Gate)
        {
            if (_isRetired) return false;
            if (_channel is null)
            {
                _channel = _directory.RentBatch(this, isEphemeral: false);
                loop.DrainLater(this);
            }

            _channel.Add(entry, publication);
            isFull = _channel.RecordBytes >= ChannelBytesMax;
        }

        if (isFull && !TryDrain(loop)) (entry.Publisher as Subscriber)?.OnRoomFull();
        return true;
    }

    /// <summary>Numbers, logs and hands out what the channel and the ephemeral lane gathered; the channel only if the room is not held up.</summary>
    /// <param name="loop">The current loop.</param>
    public void Drain(Loop loop)
    {
        TryDrain(loop);
        lock (Gate) SealEphemeralLocked(loop);
    }

    /// <summary>A shard has ended a batch, or is no more: if the room waited for that, it is drained in the next turn. Under the gate.</summary>
    internal void GoOnIfHeldUpLocked(Loop loop)
    {
        if (!_isHeldUp || IsHeldUpLocked(loop)) return;
        _isHeldUp = false;
        loop.DrainNextTurn(this);
    }

    /// <summary>Drops what is older than its retention and ids outside the dedupe window; vanishes if nothing is left of it.</summary>
    /// <param name="unixMs">Wall clock.</param>
    /// <param name="nowMs">Milliseconds of the clock that all loops share.</param>
    public void Tidy(long unixMs, long nowMs)
    {
        lock (Gate)
        {
            _dedupe?.ForgetBefore(unixMs - (long)_directory.Settings.DedupeWindow.TotalMilliseconds);
            if (_dedupe is { Count: 0 }) _dedupe = null;
            if (Policy.Retention.AgeMax != TimeSpan.MaxValue) _log?.DropBefore(unixMs - (long)Policy.Retention.AgeMax.TotalMilliseconds);
            if (_formCounts.Total == 0) _log?.Trim();
            if (_lane is not null && _lane.IsAtRest(nowMs)) _lane = null;
            foreach (RoomShard? shard in _shards) shard?.TrimLocked();
            RetireIfEmptyLocked();
        }
    }

    internal void ReturnBatch(Batch batch) => _directory.ReturnBatch(batch);

    /// <returns>False when the room is held up and gathers on.</returns>
    private bool TryDrain(Loop loop, Subscriber? leaving = null)
    {
        Batch? batch;
        lock (Gate)
        {
            if (_channel is null || (leaving is not null && !_channel.HasFrom(leaving))) return true;
            if (leaving is null && IsHeldUpLocked(loop))
            {
                _isHeldUp = true;
                (_holdUpCheck ??= new HoldUpCheck(this)).PlanLocked(loop);
                return false;
            }

            batch = _channel;
            _channel = null;
            _isHeldUp = false;
            NumberLocked(batch, loop);
            batch.Seal(_epoch, _formCounts, loop);
            HandOutLocked(batch, loop);
        }

        AnswerRequests(batch);
        batch.Release();
        return true;
    }

    /// <summary>
    /// Whether a batch more would only wait: behind one that this loop has not ended, or behind several on another, which is
    /// given more because it takes its turns at other times. One that stands still is not waited for.
    /// </summary>
    private bool IsHeldUpLocked(Loop loop)
    {
        long lagMaxMs = (long)_directory.Settings.LoopLagMax.TotalMilliseconds;
        foreach (RoomShard? shard in _shards)
        {
            if (shard is null || shard.UnfinishedCountLocked == 0) continue;
            if (ReferenceEquals(shard.Loop, loop)) return true;
            bool isFull = shard.UnfinishedCountLocked >= ShardBatchesMax || shard.UnfinishedBytesLocked >= ShardBytesMax;
            if (isFull && !shard.CutOffIfStillLocked(loop.NowMs, lagMaxMs)) return true;
        }

        return false;
    }

    private void NumberLocked(Batch batch, Loop loop)
    {
        int published = 0;
        _dedupe?.ForgetBefore(loop.NowUnixMs - (long)_directory.Settings.DedupeWindow.TotalMilliseconds);
        foreach (ref BatchEntry entry in batch.Entries)
        {
            Debug.Assert(entry.Kind == BatchEntryKind.Msg);
            ReadOnlySpan<byte> record = batch.RecordOf(entry);
            ReadOnlySpan<byte> id = PublicationRecord.Id(record);
            PersonId author = PublicationRecord.Author(record);
            if (!id.IsEmpty && _dedupe is not null && _dedupe.Find(author, id) is > 0 and long earlier)
            {
                entry.IsDuplicate = true;
                entry.Number = earlier;
                FanoutMetrics.Duplicates.Add(1);
                continue;
            }

            _log ??= new RoomLog(_head);
            _log.Append(record, Policy.Retention);
            entry.Number = ++_head;
            published++;
            if (!id.IsEmpty) RememberIdLocked(author, id, entry.Number, loop.NowUnixMs);
        }

        if (published > 0) FanoutMetrics.Publications.Add(published);
    }

    private void RememberIdLocked(PersonId author, ReadOnlySpan<byte> id, long offset, long nowUnixMs)
    {
        _dedupe ??= new DedupeWindow();
        _dedupe.Add(author, id, offset, nowUnixMs);
    }

    /// <summary>Puts a sealed batch where each loop with members finds it, in order.</summary>
    private void HandOutLocked(Batch batch, Loop loop)
    {
        foreach (RoomShard? shard in _shards)
        {
            if (shard is null) continue;
            if (batch.IsEphemeral && shard.UnfinishedCountLocked >= ShardEphemeralMax) FanoutMetrics.EphemeralDropped.Add(1);
            else shard.EnqueueLocked(batch, loop);
        }
    }

    /// <summary>Requests are no members: no shard answers them, and they take their answer on any thread.</summary>
    private void AnswerRequests(Batch batch)
    {
        foreach (ref readonly BatchEntry entry in batch.Entries)
        {
            if (entry.AwaitsAnswer && entry.Publisher is not Subscriber)
                entry.Publisher!.OnPublished(this, entry.Number, PublicationRecord.Id(batch.RecordOf(entry)), entry.Length);
        }
    }

    private void RetireIfEmptyLocked()
    {
        // Not by its offset, which is above 0 too in a room that began behind what a client had seen, see SkipUsedOffsetsLocked.
        if (_isRetired || _formCounts.Total > 0 || _channel is not null || _log is not null) return;
        if (_people is { Count: > 0 } || _lane is { IsPlanned: true }) return;
        _isRetired = true;
        _directory.Forget(this);
    }

    /// <summary>Members of each wire form.</summary>
    [System.Runtime.CompilerServices.InlineArray(WireForms.Count)]
    private struct FormCounts
    {
        private int _first;

        public readonly int Total => this[0] + this[1] + this[2] + this[3] + this[4];
    }
}
