using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Transport;

/// <summary>
/// Accepts on one loop from a port that all loops watch: whichever is free is woken, and deals what it accepts out to all in turn, so
/// that no loop gets more connections for having been idle.
/// </summary>
internal sealed unsafe class EpollAcceptor : TimerNode, IPolled
{
    // A storm of connections must not hold up those that are open: the rest is told again in the next turn.
    private const int AcceptsPerTurnMax = 128;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly EpollListener _listener;
    private readonly EpollLoop _loop;
    private readonly int _socket;
    private int _slot = -1;     // -1: not watched. Loop only, like all that moves.
    private bool _isStopped;

    /// <param name="listener">Whose port.</param>
    /// <param name="loop">Where it runs.</param>
    /// <param name="socket">Listens; the listener's.</param>
    public EpollAcceptor(EpollListener listener, EpollLoop loop, int socket)
    {
        _listener = listener;
        _loop = loop;
        _socket = socket;
    }

    /// <summary>Begins. Any thread.</summary>
    public void Start() => _loop.Post(new Step(this, static acceptor => acceptor.Watch()));

    /// <summary>Accepts nothing more, once the task has ended. Any thread.</summary>
    public Task StopAsync()
    {
        Step stop = new(this, static acceptor => acceptor.Stop());
        _loop.Post(stop);
        return stop.Done;
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvent events)
    {
        Span<byte> address = stackalloc byte[AcceptedAddress.BytesMax];
        fixed (byte* pointer = address)
        {
            for (int i = 0; i < AcceptsPerTurnMax; i++)
            {
                int addressBytes = address.Length;
                int socket = LibC.Accept(_socket, pointer, &addressBytes, LibC.SockNonBlock | LibC.SockCloseOnExec);
                if (socket >= 0)
                {
                    Deal(new EpollLoop.Arrival(socket, AcceptedAddress.Read(address), _listener));
                    continue;
                }

                switch (LibC.Error)
                {
                    case LibC.Eagain:
                        _listener.OnAcceptedAll();
                        return;
                    case LibC.Emfile or LibC.Enfile or LibC.Enobufs or LibC.Enomem:
                        Pause(LibC.Error);
                        return;
                    default:
                        break; // The error of a connection that broke while it waited (accept(2)): the next one.
                }
            }
        }
    }

    /// <inheritdoc/>
    public void OnFault()
    {
        // Logged; the port stays open, and what still waits is told again.
    }

    /// <inheritdoc/>
    public void OnStopped()
    {
        // The socket is the listener's.
    }

    protected internal override void OnTimer() => Watch();

    private void Deal(in EpollLoop.Arrival arrival)
    {
        EpollLoop loop = _listener.Host.NextLoop();
        if (ReferenceEquals(loop, _loop)) EpollHandshake.Begin(loop, arrival);
        else loop.Take(arrival);
    }

    private void Watch()
    {
        if (_isStopped || _slot >= 0) return;
        // Told as long as it holds: what one turn does not accept, this loop or another does in the next.
        if (!_loop.TryWatch(_socket, this, EpollEvent.In | EpollEvent.Exclusive, out _slot)) Pause(LibC.Enomem);
    }

    private void Pause(int error)
    {
        _listener.OnAcceptPaused(error);
        Unwatch();
        _loop.Timers.Schedule(this, TimerWheel.TicksOf(s_pause));
    }

    private void Stop()
    {
        _isStopped = true;
        _loop.Timers.Cancel(this);
        Unwatch();
    }

    private void Unwatch()
    {
        if (_slot >= 0) _loop.Unwatch(_socket, _slot);
        _slot = -1;
    }

    /// <summary>Something done on the loop.</summary>
    private sealed class Step(EpollAcceptor acceptor, Action<EpollAcceptor> action) : LoopWork
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override void Run()
        {
            action(acceptor);
            _done.SetResult();
        }
    }
}
