using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;
using FastChat.Simulation.Kit;

namespace FastChat.Simulation.Model;

/// <summary>One connection as seen from the client: bytes are on their way for a while, and cut anywhere, in both directions.</summary>
internal abstract class Wire
{
    private readonly HeardReader _reader;
    private readonly List<byte> _outgoing = [];
    private readonly List<byte> _incoming = [];
    private int _pingsAnswered;
    private bool _isFinished;   // All that is said will be what is on its way now.

    protected Wire(WireForm form)
    {
        _reader = new HeardReader(form, expectsPreface: true);
        Form = form;
        if (form == WireForm.MessagePackTcp) _outgoing.AddRange(TcpPreface.Frame);
    }

    public WireForm Form { get; }

    /// <summary>Whether the client has said that it will say nothing more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Whether the gateway will say nothing more, and all that it said is heard.</summary>
    public bool IsOver => _reader.IsClosed || (IsGone && _incoming.Count == 0);

    /// <summary>Whether nothing is on its way.</summary>
    public virtual bool IsQuiet => _outgoing.Count == 0 && _incoming.Count == 0;

    /// <summary>Whether nothing more will come from the gateway.</summary>
    protected abstract bool IsGone { get; }

    public override string ToString() => $"{Form} out: {_outgoing.Count} in: {_incoming.Count}";

    public void Send(Command command) => _outgoing.AddRange(command.Encode(Form));

    public void SendTogether(List<Command> commands)
    {
        if (Form.IsJson()) commands.ForEach(Send);
        else _outgoing.AddRange(Command.EncodeTogether(Form, commands));
    }

    /// <summary>Moves some of what is on its way, or all.</summary>
    public List<Heard> Move(Random random, bool all)
    {
        Push(all ? _outgoing.Count : Part(random, _outgoing.Count));
        _incoming.AddRange(Fetch());
        int count = all ? _incoming.Count : Part(random, _incoming.Count);
        List<Heard> heard = _reader.Take([.. _incoming[..count]]);
        _incoming.RemoveRange(0, count);
        for (; _pingsAnswered < _reader.PingCount; _pingsAnswered++) AnswerPing();
        return heard;
    }

    /// <summary>Closes as the form has it.</summary>
    public void Close()
    {
        IsClosing = true;
        if (Form == WireForm.MessagePackTcp) FinishSending();
        else _outgoing.AddRange(Command.Frame(Form, [3, 232], WebSocketOpcode.Close));
    }

    /// <summary>What is left goes out, and then the end.</summary>
    public void FinishSending()
    {
        IsClosing = true;
        _isFinished = true;
        Push(_outgoing.Count);
    }

    /// <summary>How much the client's socket takes from now on.</summary>
    public abstract void SetWindow(int bytes);

    /// <summary>Breaks off; what is on its way is lost.</summary>
    public abstract void Reset();

    /// <summary>Breaks off so that the gateway learns of it only by sending.</summary>
    public virtual void BreakSending() => Reset();

    /// <summary>Falls silent: it neither sends nor reads, and nobody is told.</summary>
    public abstract void Desert(int windowBytes);

    /// <returns>How many of the bytes were taken.</returns>
    protected abstract int Give(byte[] bytes);

    /// <summary>What came since the last call.</summary>
    protected abstract byte[] Fetch();

    /// <summary>Nothing more will be given.</summary>
    protected abstract void Finish();

    private void Push(int count)
    {
        if (count > 0) _outgoing.RemoveRange(0, Give([.. _outgoing[..count]]));
        if (!_isFinished || _outgoing.Count > 0) return;
        _isFinished = false;
        Finish();
    }

    private void AnswerPing()
    {
        if (IsClosing) return;
        if (Form == WireForm.MessagePackTcp) Send(new Command(MessageType.Pong));
        else _outgoing.AddRange(Command.Frame(Form, [], WebSocketOpcode.Pong));
    }

    private static int Part(Random random, int count) => random.Next(3) switch
    {
        0 => 0,
        1 => random.Next(count + 1),
        _ => count,
    };
}
