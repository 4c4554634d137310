using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Connections;

namespace FastChat.Simulation.Kit;

/// <summary>The far end of a memory connection: says commands, hears messages.</summary>
internal sealed class Peer
{
    private readonly HeardReader _reader;

    public Peer(MemoryConnection connection, WireForm form)
    {
        Connection = connection;
        Form = form;
        _reader = new HeardReader(form, expectsPreface: true);
        if (form == WireForm.MessagePackTcp) connection.Receive(TcpPreface.Frame);
    }

    public MemoryConnection Connection { get; }

    public WireForm Form { get; }

    /// <summary>All heard since the beginning.</summary>
    public List<Heard> All { get; } = [];

    public int PingCount => _reader.PingCount;

    public int PongCount => _reader.PongCount;

    /// <summary>Why the gateway closed; 0 while it has not said so.</summary>
    public int CloseCode => All is [.., { Type: MessageType.Close } last] ? last.CloseCode : 0;

    public void Send(Command command) => Connection.Receive(command.Encode(Form));

    public void Send(params IEnumerable<Command> commands)
    {
        foreach (Command command in commands) Send(command);
    }

    /// <summary>Many commands in one MessagePack message.</summary>
    public void SendTogether(IEnumerable<Command> commands) => Connection.Receive(Command.EncodeTogether(Form, commands));

    public void SendPing(ReadOnlySpan<byte> payload = default) => Connection.Receive(Command.Frame(Form, payload, WebSocketOpcode.Ping));

    public void SendPong() => Connection.Receive(Command.Frame(Form, [], WebSocketOpcode.Pong));

    /// <summary>Closes as WebSocket clients do.</summary>
    public void SendClose(ushort code = 1000) => Connection.Receive(Command.Frame(Form, [(byte)(code >> 8), (byte)code], WebSocketOpcode.Close));

    /// <summary>Messages that came since the last call.</summary>
    public List<Heard> Listen()
    {
        List<Heard> heard = _reader.Take(Connection.TakeSent());
        All.AddRange(heard);
        return heard;
    }
}
