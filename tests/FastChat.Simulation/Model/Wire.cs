using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Connections;
using FastChat.Simulation.Kit;

namespace FastChat.Simulation.Model;

/// <summary>One connection as seen from the client: bytes are on their way for a while, and cut anywhere, in both directions.</summary>
internal sealed class Wire
{
    private readonly MemoryConnection _connection;
    private readonly HeardReader _reader;
    private readonly List<byte> _outgoing = [];
    private readonly List<byte> _incoming = [];
    private int _pingsAnswered;

    public Wire(MemoryConnection connection, WireForm form)
    {
        _connection = connection;
        _reader = new HeardReader(form, expectsPreface: true);
        Form = form;
        if (form == WireForm.MessagePackTcp) _outgoing.AddRange(TcpPreface.Frame);
    }

    public WireForm Form { get; }

    /// <summary>Whether the peer still sends and reads; half-open when not, and the gateway does not know.</summary>
    public bool IsDeserted { get; private set; }

    /// <summary>Whether the client has said that it will say nothing more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Whether the gateway will say nothing more, and all that it said is heard.</summary>
    public bool IsOver => _reader.IsClosed || (_connection.IsAborted && _incoming.Count == 0);

    /// <summary>Whether nothing is on its way from the client.</summary>
    public bool IsQuiet => _outgoing.Count == 0 && _incoming.Count == 0 && !_connection.IsHeldBack && _connection.Session.PendingBytes == 0;

    public override string ToString() =>
        $"{Form} out: {_outgoing.Count} in: {_incoming.Count} held: {_connection.IsHeldBack} pending: {_connection.Session.PendingBytes} full: {_connection.Session.IsFull} closing: {_connection.Session.IsClosing}";

    public void Send(Command command) => _outgoing.AddRange(command.Encode(Form));

    public void SendTogether(List<Command> commands)
    {
        if (Form == WireForm.JsonWebSocket) commands.ForEach(Send);
        else _outgoing.AddRange(Command.EncodeTogether(Form, commands));
    }

    /// <summary>Moves some of what is on its way, or all.</summary>
    public List<Heard> Move(Random random, bool all)
    {
        if (IsDeserted) return [];
        int outCount = all ? _outgoing.Count : Part(random, _outgoing.Count);
        _connection.Receive(Take(_outgoing, outCount));
        _incoming.AddRange(_connection.TakeSent());
        int inCount = all ? _incoming.Count : Part(random, _incoming.Count);
        List<Heard> heard = _reader.Take(Take(_incoming, inCount));
        for (; _pingsAnswered < _reader.PingCount; _pingsAnswered++) AnswerPing();
        return heard;
    }

    /// <summary>How much the peer's socket takes from now on.</summary>
    public void SetWindow(int bytes) => _connection.WindowBytes = bytes;

    public void Close()
    {
        IsClosing = true;
        if (Form != WireForm.MessagePackTcp) _outgoing.AddRange(Command.Frame(Form, [3, 232], WebSocketOpcode.Close));
        else FinishSending();
    }

    /// <summary>What is left goes out, and then the end.</summary>
    public void FinishSending()
    {
        IsClosing = true;
        _connection.Receive(Take(_outgoing, _outgoing.Count));
        _connection.FinishReceiving();
    }

    public void Reset() => _connection.Reset();

    public void BreakSending() => _connection.BreakSending();

    public void Desert(int windowBytes)
    {
        IsDeserted = true;
        _connection.WindowBytes = windowBytes;
    }

    private void AnswerPing()
    {
        if (Form == WireForm.MessagePackTcp) Send(new Command(MessageType.Pong));
        else _outgoing.AddRange(Command.Frame(Form, [], WebSocketOpcode.Pong));
    }

    private static int Part(Random random, int count) => random.Next(3) switch
    {
        0 => 0,
        1 => random.Next(count + 1),
        _ => count,
    };

    private static byte[] Take(List<byte> bytes, int count)
    {
        byte[] taken = [.. bytes[..count]];
        bytes.RemoveRange(0, count);
        return taken;
    }
}
