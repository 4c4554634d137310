using System.Buffers.Binary;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Simulation.Kit;

/// <summary>Turns what a gateway sent on one connection, cut anywhere, into messages. Throws for bytes that are none.</summary>
internal sealed class HeardReader : IMessageSink
{
    private readonly WireForm _form;
    private readonly List<Heard> _heard = [];
    private byte[] _tcpRest = [];
    private WebSocketReceiver _webSocket;
    private bool _hasPreface;

    /// <param name="form">Which form.</param>
    /// <param name="expectsPreface">Whether a TCP stream is to begin with the preface.</param>
    public HeardReader(WireForm form, bool expectsPreface = false)
    {
        _form = form;
        _webSocket = new WebSocketReceiver(expectsMask: false, form.MayDeflate());
        _hasPreface = !expectsPreface;
    }

    public int PingCount { get; private set; }

    public int PongCount { get; private set; }

    /// <summary>Whether the connection's last message has been heard; nothing may follow it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Takes bytes and returns the messages that ended in them.</summary>
    public List<Heard> Take(byte[] bytes)
    {
        _heard.Clear();
        if (bytes.Length > 0)
        {
            if (IsClosed) throw new InvalidDataException($"{bytes.Length} bytes behind the close.");
            if (_form == WireForm.MessagePackTcp) TakeTcp(bytes);
            else TakeWebSocket(bytes);
        }

        return [.. _heard];
    }

    bool IMessageSink.OnMessage(bool isText, Span<byte> payload)
    {
        if (isText != _form.IsJson()) throw new InvalidDataException("The wrong type of message.");
        if (isText) Add(JsonHeard.Read(payload));
        else ReadMessagePack(payload);
        return true;
    }

    void IMessageSink.OnPing(ReadOnlySpan<byte> payload) => PingCount++;

    void IMessageSink.OnPong(ReadOnlySpan<byte> payload) => PongCount++;

    void IMessageSink.OnClose(ushort code, ReadOnlySpan<byte> reason)
    {
        _heard.Add(new Heard(MessageType.Close) { CloseCode = code });
        IsClosed = true;
    }

    private void TakeWebSocket(byte[] bytes)
    {
        ReceiveLimits limits = new(64 * 1024 * 1024, 1);
        CloseReason failure = _webSocket.Receive(bytes, limits, this, out int consumed);
        if (failure != CloseReason.None) throw new InvalidDataException($"A broken frame: {failure}.");
        if (consumed < bytes.Length) throw new InvalidDataException("Bytes behind the close frame.");
    }

    private void TakeTcp(byte[] bytes)
    {
        byte[] all = [.. _tcpRest, .. bytes];
        int at = 0;
        while (all.Length - at >= 4)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(all.AsSpan(at));
            if (length <= 0) throw new InvalidDataException($"A frame of {length} bytes.");
            if (all.Length - at < 4 + length) break;
            TakeTcpPayload(all.AsSpan(at + 4, length));
            at += 4 + length;
        }

        _tcpRest = all[at..];
    }

    private void TakeTcpPayload(ReadOnlySpan<byte> payload)
    {
        if (IsClosed) throw new InvalidDataException("A frame behind the close message.");
        if (!_hasPreface)
        {
            if (!payload.SequenceEqual(TcpPreface.ProtocolName)) throw new InvalidDataException("The first frame is not the preface.");
            _hasPreface = true;
            return;
        }

        ReadMessagePack(payload);
        if (_heard is [.., { Type: MessageType.Close }]) IsClosed = true;
    }

    private void ReadMessagePack(ReadOnlySpan<byte> payload)
    {
        while (!payload.IsEmpty)
        {
            Add(MessagePackHeard.Read(payload, out int consumed));
            payload = payload[consumed..];
        }
    }

    private void Add(Heard heard)
    {
        if (heard.Type == MessageType.Ping) PingCount++;
        else _heard.Add(heard);
    }
}
