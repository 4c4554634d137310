using System.Runtime.InteropServices;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.SideBySide.Load;

/// <summary>One connection of the load client, from connecting to listening. Lean: some 200 bytes, and a buffer only while the socket refuses bytes.</summary>
internal sealed class Peer : IMessageSink
{
    private const uint MaskKey = 0x5A17C3E9;

    private static readonly ReceiveLimits Limits = new(16 * 1024 * 1024, 1_000_000);

    private readonly Swarm _swarm;
    private readonly int _tag;
    private WebSocketReceiver _receiver = new(expectsMask: false);
    private byte[]? _unread;    // A head of HTTP that is not whole yet.
    private byte[]? _unsent;
    private int _socket = -1;
    private int _step;
    private PeerState _state;
    private long _next;         // The number that the room's next message must have.

    /// <param name="swarm">Whose.</param>
    /// <param name="tag">Its place in the swarm.</param>
    /// <param name="room">The room that it joins.</param>
    public Peer(Swarm swarm, int tag, LoadRoom room)
    {
        _swarm = swarm;
        _tag = tag;
        Room = room;
    }

    /// <summary>The room that it joins.</summary>
    public LoadRoom Room { get; }

    /// <summary>Begins.</summary>
    public void Connect(int port) => _socket = Native.Connect(_swarm.Epoll, port, _tag);

    /// <summary>Something happened on its socket.</summary>
    public void OnEvent(uint kinds)
    {
        if (_state == PeerState.Gone) return;
        if ((kinds & Native.Writable) != 0) OnWritable();
        if ((kinds & ~Native.Writable) != 0 && _state is not (PeerState.Gone or PeerState.Connecting)) Read();
    }

    /// <summary>Publishes the next message of its room.</summary>
    public void Publish()
    {
        Span<byte> body = stackalloc byte[Marker.BodyBytes];
        Marker.WriteBody(body, Room.Published++);
        _swarm.Scratch.Clear();
        _swarm.Wire.WritePublish(_swarm.Scratch, Room.Name, body);
        SendFrame(_swarm.Wire.Opcode, _swarm.Scratch.WrittenSpan);
    }

    /// <summary>Goes, without a word.</summary>
    public void Abort()
    {
        if (_state == PeerState.Gone) return;
        _state = PeerState.Gone;
        _receiver.Dispose();
        Native.Reset(_socket);
    }

    /// <inheritdoc/>
    bool IMessageSink.OnMessage(bool isText, Span<byte> payload)
    {
        if (_state == PeerState.In)
        {
            Count(payload);
        }
        else if (_swarm.Wire.IsAnswer(payload, _step))
        {
            _step++;
            SayHello();
        }

        return true;
    }

    /// <inheritdoc/>
    void IMessageSink.OnPing(ReadOnlySpan<byte> payload) => SendFrame(WebSocketOpcode.Pong, payload);

    /// <inheritdoc/>
    void IMessageSink.OnPong(ReadOnlySpan<byte> payload)
    {
        // It asks for none.
    }

    /// <inheritdoc/>
    void IMessageSink.OnClose(ushort code, ReadOnlySpan<byte> reason) => Lose($"closed with {code}");

    private void OnWritable()
    {
        if (_state == PeerState.Connecting)
        {
            int error = Native.ConnectError(_socket);
            if (error != 0)
            {
                Lose(Marshal.GetPInvokeErrorMessage(error));
                return;
            }

            _state = PeerState.Upgrading;
            Native.Watch(_swarm.Epoll, _socket, alsoWritable: false, _tag);
            Send(_swarm.UpgradeRequest);
            return;
        }

        if (_unsent is not { } unsent) return;
        _unsent = null;
        Native.Watch(_swarm.Epoll, _socket, alsoWritable: false, _tag);
        Send(unsent);
    }

    private void Read()
    {
        byte[] buffer = _swarm.ReceiveBuffer;
        while (_state != PeerState.Gone)
        {
            int count = Native.Receive(_socket, buffer);
            if (count > 0)
            {
                Take(buffer.AsSpan(0, count));
                if (count < buffer.Length) return;
                continue;
            }

            if (count < 0 && Marshal.GetLastPInvokeError() == Native.Again) return;
            Lose(count == 0 ? "closed" : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

    private void Take(Span<byte> bytes)
    {
        if (_state == PeerState.Upgrading)
        {
            byte[] head = [.. _unread ?? [], .. bytes];
            int end = head.AsSpan().IndexOf("\r\n\r\n"u8);
            _unread = end < 0 ? head : null;
            if (end < 0) return;
            if (!head.AsSpan().StartsWith("HTTP/1.1 101"u8))
            {
                Lose($"the upgrade is answered {System.Text.Encoding.ASCII.GetString(head, 0, Math.Min(end, 100))}");
                return;
            }

            _state = PeerState.Entering;
            SayHello();
            bytes = head.AsSpan(end + 4);
        }

        CloseReason failure = _receiver.Receive(bytes, Limits, this, out _);
        if (failure != CloseReason.None) Lose($"its frames are broken: {failure}");
    }

    private void SayHello()
    {
        if (_step == _swarm.Wire.HelloCount)
        {
            _state = PeerState.In;
            _swarm.OnIn();
            return;
        }

        _swarm.Scratch.Clear();
        _swarm.Wire.WriteHello(_swarm.Scratch, _step, $"u{_tag}", Room.Name);
        SendFrame(_swarm.Wire.Opcode, _swarm.Scratch.WrittenSpan);
    }

    /// <summary>Every message of the room must come, once, in order: each has the number after the one before it.</summary>
    private void Count(ReadOnlySpan<byte> payload)
    {
        while (Marker.TryTake(ref payload, out long sentAt, out long number))
        {
            if (number != _next) _swarm.OnOutOfOrder(Room.Name, _next, number);
            _next = number + 1;
            _swarm.OnDelivery(Room, sentAt);
        }
    }

    private void SendFrame(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        ByteWriter frame = _swarm.FrameScratch;
        frame.Clear();
        frame.Reserve(FrameHeader.BytesMax + payload.Length);
        int headerBytes = FrameHeader.Write(frame.GetSpan(FrameHeader.BytesMax), opcode, isFinal: true, (ulong)payload.Length, MaskKey);
        frame.Advance(headerBytes);
        frame.Write(payload);
        Masking.Apply(frame.MutableSpan[headerBytes..], MaskKey);
        Send(frame.WrittenSpan);
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (_state == PeerState.Gone) return;
        if (_unsent is not null)
        {
            _unsent = [.. _unsent, .. bytes];
            return;
        }

        int sent = Native.Send(_socket, bytes);
        if (sent == bytes.Length) return;
        if (sent < 0 && Marshal.GetLastPInvokeError() != Native.Again)
        {
            Lose(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
            return;
        }

        _unsent = bytes[Math.Max(0, sent)..].ToArray();
        Native.Watch(_swarm.Epoll, _socket, alsoWritable: true, _tag);
    }

    private void Lose(string why)
    {
        Abort();
        _swarm.OnLost(why);
    }

    private enum PeerState : byte
    {
        Connecting,
        Upgrading,
        Entering,
        In,
        Gone,
    }
}
