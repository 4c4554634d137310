using System.Globalization;
using System.Text;
using System.Text.Json;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Swarm.Connections;

/// <summary>Writes what a client sends, framed and masked, in the swarm's form. One a loop.</summary>
internal sealed class ClientFrames
{
    private readonly SwarmTarget _target;
    private readonly ByteWriter _payload = new(1024);
    private readonly ByteWriter _output = new(1024);
    private uint _mask = 0x9E3779B9;

    /// <param name="target">Whom it speaks to, and how.</param>
    public ClientFrames(SwarmTarget target) => _target = target;

    private WireForm Form => _target.Form;

    /// <summary>The first bytes of a WebSocket connection.</summary>
    public ReadOnlySpan<byte> Upgrade(int index)
    {
        Span<byte> nonce = stackalloc byte[16];
        BitConverter.TryWriteBytes(nonce, NextMask());
        BitConverter.TryWriteBytes(nonce[4..], index);
        string subprotocol = Form == WireForm.JsonWebSocket ? "" : "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n";
        string head = $"GET {_target.Path} HTTP/1.1\r\nHost: {_target.Host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(nonce)}\r\n{subprotocol}\r\n";
        _output.Clear();
        Encoding.ASCII.GetBytes(head, _output.GetSpan(head.Length));
        _output.Advance(head.Length);
        return _output.WrittenSpan;
    }

    /// <summary>A join, behind the preface on TCP. With a position it resumes there; without one it asks for no history.</summary>
    public ReadOnlySpan<byte> Join(SwarmConnection connection, string run)
    {
        string user = string.Create(CultureInfo.InvariantCulture, $"s{run}-{connection.Index}");
        ClientMessage join = new()
        {
            Type = MessageType.Join,
            Id = "j"u8,
            Room = connection.Room.Id,
            User = Encoding.ASCII.GetBytes(user),
            Key = connection.Key,
            HasSince = connection.Epoch is not null,
            SinceEpoch = connection.Epoch,
            SinceOffset = connection.Offset,
            Limit = connection.Epoch is null ? 0 : -1,
        };
        _output.Clear();
        if (Form == WireForm.MessagePackTcp) _output.Write(TcpPreface.Frame);
        Write(join);
        return _output.WrittenSpan;
    }

    /// <summary>A publish.</summary>
    public ReadOnlySpan<byte> Publish(SwarmRoom room, long id, ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[20];
        id.TryFormat(digits, out int digitCount, default, CultureInfo.InvariantCulture);
        _output.Clear();
        Write(new ClientMessage { Type = MessageType.Msg, Id = digits[..digitCount], Room = room.Id, Text = text });
        return _output.WrittenSpan;
    }

    /// <summary>The answer to a ping frame, or to TCP's ping.</summary>
    public ReadOnlySpan<byte> Pong(ReadOnlySpan<byte> payload)
    {
        _output.Clear();
        if (Form == WireForm.MessagePackTcp) Write(new ClientMessage { Type = MessageType.Pong });
        else ControlFrame.WritePong(_output, payload, NextMask());
        return _output.WrittenSpan;
    }

    /// <summary>A clean goodbye: a close frame, or on TCP a leave, which gives the name up as well.</summary>
    public ReadOnlySpan<byte> Goodbye(SwarmRoom room)
    {
        _output.Clear();
        if (Form == WireForm.MessagePackTcp) Write(new ClientMessage { Type = MessageType.Leave, Room = room.Id });
        else CloseFrame.Write(_output, (ushort)CloseReason.Normal, default, NextMask());
        return _output.WrittenSpan;
    }

    private void Write(in ClientMessage message)
    {
        _payload.Clear();
        if (Form == WireForm.JsonWebSocket) WriteJson(message);
        else ClientMessageWriter.Write(_payload, message);

        Span<byte> frame = _output.GetSpan(FrameHeader.BytesMax + _payload.Length);
        int headerBytes;
        if (Form == WireForm.MessagePackTcp)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, _payload.Length);
            headerBytes = sizeof(int);
        }
        else
        {
            uint mask = NextMask();
            WebSocketOpcode opcode = Form == WireForm.JsonWebSocket ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
            headerBytes = FrameHeader.Write(frame, opcode, isFinal: true, (ulong)_payload.Length, mask);
            Masking.Apply(_payload.MutableSpan, mask);
        }
        _payload.WrittenSpan.CopyTo(frame[headerBytes..]);
        _output.Advance(headerBytes + _payload.Length);
    }

    private void WriteJson(in ClientMessage message)
    {
        using Utf8JsonWriter json = new(_payload);
        json.WriteStartObject();
        json.WriteString("type"u8, message.Type == MessageType.Join ? "join"u8 : "msg"u8);
        json.WriteStartObject("payload"u8);
        json.WriteString("id"u8, message.Id);
        json.WriteString("room"u8, message.Room);
        if (!message.User.IsEmpty) json.WriteString("user"u8, message.User);
        if (!message.Key.IsEmpty) json.WriteString("key"u8, message.Key);
        if (!message.Text.IsEmpty) json.WriteString("text"u8, message.Text);
        if (message.HasSince)
        {
            json.WriteStartObject("since"u8);
            json.WriteString("epoch"u8, message.SinceEpoch);
            json.WriteNumber("offset"u8, message.SinceOffset);
            json.WriteEndObject();
        }
        if (message.Type == MessageType.Join && message.Limit >= 0) json.WriteNumber("limit"u8, message.Limit);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Another key each time, as RFC 6455 wants it; that nobody can guess it matters to browsers alone.</summary>
    private uint NextMask()
    {
        _mask ^= _mask << 13;
        _mask ^= _mask >> 17;
        return _mask ^= _mask << 5;
    }
}
