using System.Net;
using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

namespace FastChat.Benchmarks;

/// <summary>A gateway on the memory host: everything but sockets.</summary>
internal sealed class BenchmarkGateway
{
    private readonly List<MemoryConnection> _connections = [];

    public BenchmarkGateway()
    {
        FanoutSettings settings = new();
        Rooms = new RoomDirectory(settings, static _ => new RoomPolicy(), TimeProvider.System, new Random(1));
        GuestKeys keys = new(SigningKeys.InMemory());
        ChatCommands commands = new(Rooms, new PersonDirectory(settings, TimeProvider.System), keys, new ChatLimits());
        Host = new MemoryHost(1, TimeProvider.System, commands, new SessionLimits());
    }

    public RoomDirectory Rooms { get; }

    public MemoryHost Host { get; }

    /// <summary>A member of a room, its history taken.</summary>
    public MemoryConnection Join(string user, string room, WireForm form)
    {
        MemoryConnection connection = Host.Connect(0, form, new SessionPeer(IPAddress.Loopback, IsExempt: true));
        _connections.Add(connection);
        byte[] join = form == WireForm.JsonWebSocket
            ? Frame(WebSocketOpcode.Text, Encoding.UTF8.GetBytes($$$"""{"type":"join","payload":{"user":"{{{user}}}","room":"{{{room}}}"}}"""))
            : Frame(WebSocketOpcode.Binary, MessagePack(new ClientMessage { Type = MessageType.Join, User = Encoding.UTF8.GetBytes(user), Room = Encoding.UTF8.GetBytes(room), Limit = -1 }));
        connection.Receive(join);
        Host.RunUntilIdle();
        foreach (MemoryConnection other in _connections) other.TakeSent();
        return connection;
    }

    /// <summary>A message of 128 bytes to a room, framed and masked as a client does.</summary>
    public static byte[] Publish(string room, WireForm form)
    {
        string text = new('a', 128);
        return form == WireForm.JsonWebSocket
            ? Frame(WebSocketOpcode.Text, Encoding.UTF8.GetBytes($$$"""{"type":"msg","payload":{"room":"{{{room}}}","text":"{{{text}}}"}}"""))
            : Frame(WebSocketOpcode.Binary, MessagePack(new ClientMessage { Type = MessageType.Msg, Room = Encoding.UTF8.GetBytes(room), Text = Encoding.UTF8.GetBytes(text), Limit = -1 }));
    }

    private static byte[] MessagePack(ClientMessage message)
    {
        using ByteWriter output = new(256);
        ClientMessageWriter.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Frame(WebSocketOpcode opcode, byte[] payload)
    {
        const uint Mask = 0x12345678;
        byte[] frame = new byte[FrameHeader.BytesMax + payload.Length];
        int header = FrameHeader.Write(frame, opcode, isFinal: true, (ulong)payload.Length, Mask);
        payload.CopyTo(frame, header);
        Masking.Apply(frame.AsSpan(header, payload.Length), Mask);
        return frame[..(header + payload.Length)];
    }
}
