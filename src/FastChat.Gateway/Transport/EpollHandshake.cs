using System.Buffers;
using System.Net;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Proxies;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Transport;

/// <summary>
/// A connection of which is not known yet what it is: looks at its first bytes without taking them, until they tell, and then makes a
/// session of it in the same slot or hands the socket to Kestrel as if nobody had looked. Loop only.
/// </summary>
internal sealed class EpollHandshake : TimerNode, IPolled
{
    // A head that comes in more pieces than this is drip-fed: each look reads all of it again. Kestrel takes it from there.
    private const int LooksMax = 64;

    private readonly EpollLoop _loop;
    private readonly EpollListener _listener;
    private readonly int _socket;
    private readonly uint _number;
    private IPEndPoint _peer;
    private int _slot;
    private int _lookCount;
    private bool _hasBegun;
    private bool _isProxied;

    private EpollHandshake(EpollLoop loop, in EpollLoop.Arrival arrival)
    {
        _loop = loop;
        _listener = arrival.Listener;
        _socket = arrival.Socket;
        _peer = arrival.Peer;
        _number = _listener.Host.NextNumber();
    }

    /// <summary>Begins; the deadline runs from here on.</summary>
    public static void Begin(EpollLoop loop, in EpollLoop.Arrival arrival)
    {
        EpollHandshake handshake = new(loop, arrival);
        const EpollEvent both = EpollEvent.In | EpollEvent.Out | EpollEvent.PeerFinished | EpollEvent.EdgeTriggered;
        if (!loop.TryWatch(arrival.Socket, handshake, both, out handshake._slot))
        {
            LibC.Close(arrival.Socket);
            handshake.Count("out_of_memory");
            return;
        }

        loop.Timers.Schedule(handshake, TimerWheel.TicksOf(arrival.Listener.Host.HandshakeTimeout));
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvent events)
    {
        if (events == EpollEvent.Out) return;
        int count;
        do count = _loop.Receive(_socket, LibC.MsgPeek);
        while (count < 0 && LibC.Error == LibC.Eintr);
        if (count < 0 && LibC.Error == LibC.Eagain) return;
        if (count < 0) Refuse("reset");
        else if (count == 0) Refuse("closed_early");
        else if (!TryTell(_loop.Received[..count], hasEnd: (events & (EpollEvent.PeerFinished | EpollEvent.HangUp)) != 0)) Refuse("closed_early");
    }

    /// <inheritdoc/>
    public void OnFault() => Refuse("internal_error");

    /// <inheritdoc/>
    public void OnStopped() => LibC.Close(_socket);

    protected internal override void OnTimer() => Refuse("handshake_timeout", _hasBegun ? HandshakeAnswers.Timeout : default);

    /// <returns>False when more bytes are needed, and none will come.</returns>
    private bool TryTell(ReadOnlySpan<byte> bytes, bool hasEnd)
    {
        int proxyBytes = 0;
        if (_listener.Host.IsTrusted(_peer.Address))
        {
            OperationStatus status = ReadProxyHeader(bytes, out proxyBytes, out ProxyHeader header);
            if (status == OperationStatus.InvalidData)
            {
                Refuse("proxy_header");
                return true;
            }

            if (status == OperationStatus.NeedMoreData || bytes.Length == proxyBytes) return !hasEnd;
            if (header.Source is not null && !_isProxied) (_peer, _isProxied) = (header.Source, true);
        }

        _hasBegun = true;
        switch (FirstBytes.Look(bytes[proxyBytes..], _listener.IsHttpToo, out UpgradeRequest request, out int headBytes))
        {
            case FirstBytesKind.Unknown when ++_lookCount < LooksMax:
                return !hasEnd;
            case FirstBytesKind.Tcp:
                TakeTcp(proxyBytes, hasEnd);
                return true;
            case FirstBytesKind.Head when _listener.Host.Admission.TryAdmit(request, _peer.Address, _isProxied, out SessionPeer peer):
                ByteWriter response = _loop.Scratch;
                response.Clear();
                AgreedForm form = HandshakeAnswers.WriteUpgrade(request, _listener.Host.Admission.AllowsDeflate, response);
                Become(form, peer, response.WrittenSpan, proxyBytes + headBytes, hasEnd);
                return true;
            default:
                _loop.Timers.Cancel(this);
                _loop.Unwatch(_socket, _slot);
                _listener.HandOver(_socket);
                return true;
        }
    }

    private static OperationStatus ReadProxyHeader(ReadOnlySpan<byte> bytes, out int headerBytes, out ProxyHeader header)
    {
        header = default;
        headerBytes = 0;
        return ProxyProtocol.CouldBe(bytes) switch
        {
            OperationStatus.InvalidData => OperationStatus.Done, // None is there, which is fine.
            OperationStatus.NeedMoreData => OperationStatus.NeedMoreData,
            _ => ProxyProtocol.TryRead(bytes, out header, out headerBytes),
        };
    }

    private void TakeTcp(int proxyBytes, bool hasEnd)
    {
        CloseReason refusal = _listener.Host.Admission.TryAdmitTcp(_peer.Address, _isProxied, out SessionPeer peer, out int retryAfterMs);
        // The session reads the preface itself, and answers a wrong one with a close message.
        if (refusal == CloseReason.None) Become(WireForm.MessagePackTcp, peer, TcpPreface.Frame, proxyBytes, hasEnd);
        else Refuse(CloseReasons.Text(refusal), HandshakeAnswers.TcpRefusal(refusal, retryAfterMs));
    }

    private void Become(AgreedForm form, SessionPeer peer, ReadOnlySpan<byte> greeting, int handshakeBytes, bool hasEnd)
    {
        int count = _loop.Receive(_socket, 0);
        if (count < handshakeBytes)
        {
            _listener.Host.Admission.Leave(peer);
            Refuse("reset");
            return;
        }

        _loop.Timers.Cancel(this);
        EpollConnection connection = new(_socket, _slot, _listener.Host.LogsEnds ? _peer : null, _number);
        _loop.Replace(_slot, connection);
        _listener.Host.OnOpened();
        connection.Start(_listener.Host.NewSession(_loop, form, connection, peer), greeting, _loop.Received[handshakeBytes..count], hasEnd || count == EpollLoop.ReceiveBytesMax);
    }

    private void Refuse(string why, ReadOnlyMemory<byte> answer = default)
    {
        _loop.Timers.Cancel(this);
        if (answer.IsEmpty) _loop.Close(_socket, _slot);
        else Answer(answer.Span);
        Count(why);
    }

    private unsafe void Answer(ReadOnlySpan<byte> answer)
    {
        fixed (byte* pointer = answer) LibC.Send(_socket, pointer, (nuint)answer.Length, LibC.MsgNoSignal);
        EpollLinger.Begin(_loop, _socket, _slot);
    }

    private void Count(string why)
    {
        ConnectionMetrics.Refused(why);
        _listener.Host.LogNotBegun(_number, _peer, why);
    }
}
