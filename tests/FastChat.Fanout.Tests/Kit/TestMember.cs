using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Kit;

/// <summary>A connection without a protocol: what it would send is kept, what its socket takes is set.</summary>
internal sealed class TestMember : Subscriber
{
    private readonly ByteWriter _sent = new();
    private readonly HeardReader _reader;
    private readonly Callback _writable;
    private bool _isEnded;
    private bool _isAwaited;

    public TestMember(Loop loop, Person person, WireForm form = WireForm.MessagePackTcp, int outboxBytesMax = 64 * 1024, byte windowBits = 0)
        : base(loop, new AgreedForm(form, windowBits))
    {
        Person = person;
        OutboxBytesMax = outboxBytesMax;
        _reader = new HeardReader(form);
        _writable = new Callback(() => OnWritable(0));
    }

    /// <summary>Bytes that the socket still takes.</summary>
    public int WindowBytes { get; private set; } = int.MaxValue;

    /// <summary>Whether the policy was to close it.</summary>
    public bool IsSlow { get; private set; }

    /// <summary>Sends that the socket was asked for.</summary>
    public int SendCount { get; private set; }

    /// <summary>Whether something was sent that <see cref="Listen"/> has not given.</summary>
    public bool HasUnheard => _sent.Length > 0;

    /// <summary>Called before each send.</summary>
    public Action? OnSend { get; set; }

    /// <summary>Whether a room was full, so that it is to wait for its answers.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>Publishes answered and not.</summary>
    public int AnsweredCount { get; private set; }

    /// <summary>All heard since the beginning.</summary>
    public List<Heard> All { get; } = [];

    public override bool IsEnded => _isEnded;

    public override bool IsClosing => _isEnded;

    protected override int OutboxBytesMax { get; }

    protected override long OutboxAgeMaxMs => 30_000;

    public override void OnPublished(Room room, long offset, ReadOnlySpan<byte> id, int recordBytes)
    {
        AnsweredCount++;
        if (id.IsEmpty || _isEnded) return;
        int start = FrameWriter.Begin(Control, Form);
        WireForms.EncoderOf(Form).WriteAck(Control, id, room.Id.Ascii, EpochOf(room), offset);
        FrameWriter.End(Control, Form, start);
    }

    /// <summary>The socket takes <paramref name="bytes"/> more, from the next turn on.</summary>
    public void Open(int bytes = int.MaxValue)
    {
        WindowBytes = bytes;
        if (bytes == 0 || !_isAwaited) return;
        _isAwaited = false;
        Loop.Post(_writable);
    }

    /// <summary>What came since the last call.</summary>
    public List<Heard> Listen()
    {
        List<Heard> heard = _reader.Take(_sent.WrittenSpan.ToArray());
        _sent.Clear();
        All.AddRange(heard);
        return heard;
    }

    /// <summary>What came since the last call of <see cref="Listen"/> or <see cref="Forget"/>, as bytes.</summary>
    public byte[] Bytes() => _sent.WrittenSpan.ToArray();

    /// <summary>Counts sends from 0 again.</summary>
    public void ForgetSends() => SendCount = 0;

    /// <summary>Forgets what was sent, unread.</summary>
    public void Forget() => _sent.Clear();

    public void Leave(string room, bool isAbrupt = false) => LeaveRoom(FindMembership(Encoding.ASCII.GetBytes(room))!, isAbrupt);

    /// <summary>The connection ends.</summary>
    public void End(bool isAbrupt = true)
    {
        _isEnded = true;
        ReleaseOutbox();
        if (_isAwaited) Open();
        LeaveAllRooms(isAbrupt);
    }

    public override string ToString() => Encoding.UTF8.GetString(Person!.Name);

    protected override int SendNow(ReadOnlySpan<byte> bytes)
    {
        SendCount++;
        OnSend?.Invoke();
        int taken = Math.Min(bytes.Length, WindowBytes);
        if (WindowBytes != int.MaxValue) WindowBytes -= taken;
        _sent.Write(bytes[..taken]);
        return taken;
    }

    protected override void AwaitWritable(ReadOnlyMemory<byte> head) => _isAwaited = true;

    protected override void OnSlowConsumer() => IsSlow = true;

    protected internal override void OnRoomFull() => IsHeldBack = true;

    protected internal override void OnTimer()
    {
        // It has no deadlines.
    }

    private static ReadOnlySpan<byte> EpochOf(Room room) => FastChat.Fanout.Log.RoomEpoch.Text(in room.Epoch);

    private sealed class Callback(Action action) : LoopWork
    {
        public override void Run() => action();
    }
}
