using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Rooms;

/// <summary>Who is present, and the ephemeral lane that tells of it.</summary>
internal sealed partial class Room
{
    private const int PresencePageMax = 1000;

    private Roster? _people;        // Guarded by Gate, like all below.
    private EphemeralLane? _lane;

    /// <summary>Puts a typing notice on the ephemeral lane.</summary>
    public void Typing(Subscriber subscriber, bool on)
    {
        lock (Gate)
        {
            LaneLocked().Add(
                new BatchEntry
                {
                    Kind = on ? BatchEntryKind.TypingOn : BatchEntryKind.TypingOff,
                    Author = subscriber.Person, Publisher = subscriber, ExcludesPublisher = true,
                },
                subscriber.Loop);
        }
    }

    /// <summary>Publishes on the ephemeral lane: no offset, not logged, the newest of its author and kind wins.</summary>
    public bool TryPublishEphemeral(Loop loop, BatchEntry entry, in Publication publication)
    {
        lock (Gate)
        {
            if (_isRetired) return false;
            LaneLocked().Add(entry, publication, loop);
            return true;
        }
    }

    /// <summary>Answers who is present: all, or the page that begins after <paramref name="cursor"/>.</summary>
    /// <param name="subscriber">Who asks; a member.</param>
    /// <param name="id">The id of the request; empty when none.</param>
    /// <param name="cursor">Name that the page before ended with; empty for the first.</param>
    public void AnswerPresence(Subscriber subscriber, ReadOnlySpan<byte> id, ReadOnlySpan<byte> cursor)
    {
        int start;
        lock (Gate)
        {
            Roster people = _people ??= new Roster();
            List<Person> page = people.PageAfter(cursor, PresencePageMax, out bool hasMore);
            PresenceHead head = new()
            {
                Id = id, Room = Id.Ascii, Version = people.Version, Count = people.Count, HasUsers = true, UserCount = page.Count,
                Next = hasMore ? page[^1].Name : default,
            };
            ByteWriter output = subscriber.Control;
            IMessageEncoder encoder = WireForms.EncoderOf(subscriber.Form);
            start = FrameWriter.Begin(output, subscriber.Form);
            encoder.BeginPresence(output, head);
            for (int i = 0; i < page.Count; i++) encoder.WritePresenceUser(output, i, page[i].Name);
            encoder.EndPresence(output, head);
            FrameWriter.End(output, subscriber.Form, start);
        }

        subscriber.Deflate(subscriber.Control, start, Policy);
    }

    /// <summary>The grace time of somebody lost abruptly is over: gone, unless back by now.</summary>
    internal void EndGrace(Person person, int absence, Loop loop)
    {
        lock (Gate)
        {
            if (_people is null || !_people.RemoveIfAway(person, absence)) return;
            NoteLocked(BatchEntryKind.Leave, person, null, loop);
            RetireIfEmptyLocked();
        }
    }

    private void EnterLocked(Subscriber subscriber)
    {
        _people ??= new Roster();
        if (_people.Enter(subscriber.Person!)) NoteLocked(BatchEntryKind.Join, subscriber.Person!, subscriber, subscriber.Loop);
    }

    private void ExitLocked(Subscriber subscriber, bool isAbrupt)
    {
        Person person = subscriber.Person!;
        int absence = _people!.Exit(person);
        if (absence == 0) return;
        TimeSpan grace = _directory.Settings.ReconnectGrace;
        if (isAbrupt && grace > TimeSpan.Zero)
        {
            subscriber.Loop.Timers.Schedule(new PresenceGrace(this, person, absence, subscriber.Loop), TimerWheel.TicksOf(grace));
            return;
        }

        _people.RemoveIfAway(person, absence);
        NoteLocked(BatchEntryKind.Leave, person, null, subscriber.Loop);
    }

    private void NoteLocked(BatchEntryKind kind, Person person, Subscriber? cause, Loop loop)
    {
        if (_formCounts.Total == 0) return; // Nobody is there to be told.
        if (_people!.Count > Policy.PresenceEventsMax)
        {
            LaneLocked().TellCount(loop);
            return;
        }

        if (cause is not null && _formCounts.Total == 1) return; // Only the one who came, who is not told.
        LaneLocked().Add(
            new BatchEntry { Kind = kind, Author = person, Publisher = cause, ExcludesPublisher = true, Number = loop.NowUnixMs },
            loop);
    }

    private EphemeralLane LaneLocked() => _lane ??= new EphemeralLane(this, _directory.Settings.NoticeInterval);

    private void SealEphemeralLocked(Loop loop)
    {
        if (_lane is null || !_lane.IsDueOn(loop)) return;
        Batch? batch = _lane.Take(loop, _people?.Version ?? 0, _people?.Count ?? 0);
        if (batch is null) return;
        batch.Seal(_epoch, _formCounts, loop);
        HandOutLocked(batch, loop);
        batch.Release();
    }

    internal Batch RentEphemeralBatch() => _directory.RentBatch(this, isEphemeral: true);
}
