// Data plane: no allocation after warm-up. See BatchBenchmarks.
using System.Diagnostics;
using System.Runtime.InteropServices;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Log;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Delivery;

/// <summary>
/// What a room tells its members together, as one send each. It is filled under the room's gate (a room's channel is its open batch),
/// sealed once, then only read, by every loop that has members.
/// </summary>
/// <remarks>Invariant: sealed exactly once; buffers exist for the forms that had members then.</remarks>
internal sealed class Batch
{
    private readonly List<BatchEntry> _entries = [];
    private readonly ByteWriter _records = new();
    private readonly SharedBuffer?[] _forms = new SharedBuffer?[WireForms.Count];
    // Who is sent other bytes than the rest: authors (their message id), connections that excluded themselves, and whom a notice is about.
    private readonly List<PersonId> _authors = [];
    private readonly List<IPublisher> _excluded = [];
    private readonly List<Person> _noticed = [];
    private int _references;
    private RoomEpoch _epoch;

    /// <summary>The room that it belongs to.</summary>
    public Room Room { get; private set; } = null!;

    /// <summary>Offset of its first publication; 0 on the ephemeral lane.</summary>
    public long First { get; private set; }

    /// <summary>Offset of its last publication; 0 on the ephemeral lane.</summary>
    public long Last { get; private set; }

    /// <summary>Whether it may be dropped for a member that is behind.</summary>
    public bool IsEphemeral { get; private set; }

    /// <summary>Whether there is anything to deliver: a batch of repeated ids has answers alone.</summary>
    public bool HasDeliveries { get; private set; }

    /// <summary>Bytes of the largest message that its shared bytes hold compressed; 0 when none is.</summary>
    public int DeflatedBytesMax { get; private set; }

    /// <summary>Its entries, in the order they were told; fixed once sealed.</summary>
    public Span<BatchEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Bytes of records gathered.</summary>
    public int RecordBytes => _records.Length;

    /// <summary>Takes it into use, with one reference.</summary>
    public void Open(Room room, bool isEphemeral)
    {
        Debug.Assert(_references == 0 && _entries.Count == 0);
        Room = room;
        IsEphemeral = isEphemeral;
        HasDeliveries = false;
        First = Last = 0;
        DeflatedBytesMax = 0;
        _references = 1;
    }

    /// <summary>Adds a publication. Under the room's gate.</summary>
    public void Add(BatchEntry entry, in Publication publication)
    {
        entry.Start = _records.Length;
        PublicationRecord.Write(_records, entry.Author?.Id ?? default, publication);
        entry.Length = _records.Length - entry.Start;
        _entries.Add(entry);
    }

    /// <summary>Adds an entry that needs no record. Under the room's gate.</summary>
    public void Add(in BatchEntry entry) => _entries.Add(entry);

    /// <summary>Takes out the entry at <paramref name="index"/> and closes the hole that its record leaves. Under the room's gate.</summary>
    public void RemoveAt(int index)
    {
        BatchEntry removed = _entries[index];
        _entries.RemoveAt(index);
        if (removed.Kind != BatchEntryKind.Msg) return;
        Span<byte> records = _records.MutableSpan;
        records[(removed.Start + removed.Length)..].CopyTo(records[removed.Start..]);
        _records.Truncate(records.Length - removed.Length);
        foreach (ref BatchEntry entry in Entries)
        {
            if (entry.Kind == BatchEntryKind.Msg && entry.Start > removed.Start) entry.Start -= removed.Length;
        }
    }

    /// <summary>Whether something of that publisher is in it. Under the room's gate.</summary>
    public bool HasFrom(IPublisher publisher)
    {
        foreach (ref readonly BatchEntry entry in Entries)
        {
            if (ReferenceEquals(entry.Publisher, publisher)) return true;
        }

        return false;
    }

    /// <summary>Whether a connection on that loop waits for an answer that this brings.</summary>
    public bool OwesAnswerOn(Loop loop)
    {
        foreach (ref readonly BatchEntry entry in Entries)
        {
            if (entry.AwaitsAnswer && entry.Publisher is Subscriber publisher && ReferenceEquals(publisher.Loop, loop)) return true;
        }

        return false;
    }

    /// <summary>The record of a publication.</summary>
    public ReadOnlySpan<byte> RecordOf(in BatchEntry entry) => _records.WrittenSpan.Slice(entry.Start, entry.Length);

    /// <summary>Encodes it once for each form in use. Under the room's gate; its entries are numbered by then.</summary>
    /// <param name="epoch">The room's.</param>
    /// <param name="formCounts">Members of each form.</param>
    /// <param name="loop">The current loop.</param>
    public void Seal(RoomEpoch epoch, ReadOnlySpan<int> formCounts, Loop loop)
    {
        _epoch = epoch;
        foreach (ref readonly BatchEntry entry in Entries)
        {
            if (entry.IsDuplicate) continue;
            HasDeliveries = true;
            if (entry.Kind == BatchEntryKind.Msg && !IsEphemeral)
            {
                if (First == 0) First = entry.Number;
                Last = entry.Number;
            }

            if (entry.ExcludesPublisher && entry.Publisher is not null) AddTo(_excluded, entry.Publisher);
            if (entry.Kind is BatchEntryKind.Join or BatchEntryKind.Leave) AddTo(_noticed, entry.Author!);
            if (entry.Kind == BatchEntryKind.Msg && entry.Author is not null && !PublicationRecord.Id(RecordOf(entry)).IsEmpty) AddTo(_authors, entry.Author.Id);
        }

        if (!HasDeliveries) return;
        for (int form = 0; form < WireForms.Count; form++)
        {
            if (formCounts[form] > 0) _forms[form] = EncodeShared((WireForm)form, loop);
        }
    }

    /// <summary>The bytes that all members of a form share. Null for one whose first member came after the batch was sealed.</summary>
    public SharedBuffer? BytesOf(WireForm form) => _forms[(int)form];

    /// <summary>Whether <paramref name="subscriber"/> is sent bytes of its own, by <see cref="Encode"/>.</summary>
    public bool IsSpecialFor(Subscriber subscriber)
    {
        foreach (IPublisher excluded in _excluded)
        {
            if (ReferenceEquals(excluded, subscriber)) return true;
        }

        foreach (PersonId author in _authors)
        {
            if (IsSame(author, subscriber.Person)) return true;
        }

        foreach (Person noticed in _noticed)
        {
            if (IsNamesake(noticed, subscriber.Person)) return true;
        }

        return false;
    }

    /// <summary>Appends the framed messages of the batch.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="form">Which form.</param>
    /// <param name="receiver">Who they are for; null for those to whom they are nothing special.</param>
    public void Encode(ByteWriter output, WireForm form, Subscriber? receiver)
    {
        IMessageEncoder encoder = WireForms.EncoderOf(form);
        foreach (ref readonly BatchEntry entry in Entries)
        {
            if (entry.IsDuplicate) continue;
            bool excluded = receiver is not null && entry.ExcludesPublisher && ReferenceEquals(entry.Publisher, receiver);
            if (excluded && (IsEphemeral || entry.Kind != BatchEntryKind.Msg)) continue;
            // Who left on one connection and comes back on another is not told so: it would read like the answer to a leave.
            bool isOwnNotice = receiver is not null && entry.Kind is BatchEntryKind.Join or BatchEntryKind.Leave && IsNamesake(entry.Author!, receiver.Person);
            if (isOwnNotice) continue;
            int start = FrameWriter.Begin(output, form);
            if (excluded) encoder.WritePosition(output, Room.Id.Ascii, RoomEpoch.Text(in _epoch), entry.Number);
            else EncodeEntry(output, encoder, entry, receiver);
            FrameWriter.End(output, form, start);
        }
    }

    /// <summary>One more holder.</summary>
    public void Retain() => Interlocked.Increment(ref _references);

    /// <summary>One holder less; the last gives back what it holds.</summary>
    public void Release()
    {
        int references = Interlocked.Decrement(ref _references);
        Debug.Assert(references >= 0, "Released more often than retained.");
        if (references > 0) return;
        foreach (SharedBuffer? buffer in _forms) buffer?.Release();
        Array.Clear(_forms);
        _entries.Clear();
        _authors.Clear();
        _excluded.Clear();
        _noticed.Clear();
        _records.Dispose();
        Room room = Room;
        Room = null!; // An idle batch keeps no room alive.
        room.ReturnBatch(this);
    }

    private SharedBuffer EncodeShared(WireForm form, Loop loop)
    {
        SharedBuffer? plain = _forms[(int)form.Plain()]; // Plain forms come first.
        SharedBuffer buffer = loop.Buffers.Rent(plain?.Length ?? (_records.Length + (_entries.Count * 96)));
        if (plain is null) Encode(buffer.Writer, form.Plain(), null);
        else buffer.Writer.Write(plain.Span);
        if (form.MayDeflate())
            DeflatedBytesMax = Math.Max(DeflatedBytesMax, loop.Deflater.DeflateFrames(buffer.Writer, 0, Room.Policy.DeflateBytesMin, int.MaxValue));
        return buffer;
    }

    private void EncodeEntry(ByteWriter output, IMessageEncoder encoder, in BatchEntry entry, Subscriber? receiver)
    {
        ReadOnlySpan<byte> room = Room.Id.Ascii;
        switch (entry.Kind)
        {
            case BatchEntryKind.Msg:
                ReadOnlySpan<byte> epoch = IsEphemeral ? default : RoomEpoch.Text(in _epoch);
                Publication publication = PublicationRecord.Read(RecordOf(entry), room, epoch, entry.Number);
                encoder.WriteMsg(output, publication, withId: entry.Author is not null && IsSame(entry.Author.Id, receiver?.Person));
                break;
            case BatchEntryKind.Join:
                encoder.WriteNotice(output, MessageType.Join, room, entry.Author!.Name, entry.Number);
                break;
            case BatchEntryKind.Leave:
                encoder.WriteNotice(output, MessageType.Leave, room, entry.Author!.Name, entry.Number);
                break;
            case BatchEntryKind.TypingOn or BatchEntryKind.TypingOff:
                encoder.WriteTyping(output, room, entry.Author!.Name, entry.Kind == BatchEntryKind.TypingOn);
                break;
            case BatchEntryKind.Count:
                PresenceHead head = new() { Room = room, Version = entry.Number, Count = entry.Start };
                encoder.BeginPresence(output, head);
                encoder.EndPresence(output, head);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>By id: who comes back while their message is under way may be another object by then, see <see cref="PersonDirectory"/>.</summary>
    private static bool IsSame(PersonId author, Person? person) => person is not null && person.Id == author;

    /// <summary>By name: a guest who comes back without their key is a new person, but reads notices of the old one as their own.</summary>
    private static bool IsNamesake(Person noticed, Person? person) =>
        ReferenceEquals(noticed, person) || (person is not null && noticed.FoldedName.SequenceEqual(person.FoldedName));

    private static void AddTo<T>(List<T> list, T item)
    {
        if (!list.Contains(item)) list.Add(item);
    }
}
