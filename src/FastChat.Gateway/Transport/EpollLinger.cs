using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Transport;

/// <summary>
/// The end of a connection whose last bytes may still be on their way: what the peer sends meanwhile is thrown away until it hangs up.
/// To close at once would reset the connection as soon as anything more came, and the last bytes, which say why, with it. Loop only.
/// </summary>
internal sealed class EpollLinger : TimerNode, IPolled
{
    private static readonly TimeSpan s_lingerMax = TimeSpan.FromSeconds(1);

    // Who goes on sending this much is not on its way out.
    private const int ReadsMax = 64;

    private readonly EpollLoop _loop;
    private readonly int _socket;
    private readonly int _slot;
    private int _readCount;

    private EpollLinger(EpollLoop loop, int socket, int slot)
    {
        _loop = loop;
        _socket = socket;
        _slot = slot;
    }

    /// <summary>Takes over a descriptor that is watched in <paramref name="slot"/>; everything has been sent.</summary>
    public static void Begin(EpollLoop loop, int socket, int slot)
    {
        LibC.Shutdown(socket, LibC.ShutWrite);
        EpollLinger linger = new(loop, socket, slot);
        loop.Replace(slot, linger);
        loop.Timers.Schedule(linger, TimerWheel.TicksOf(s_lingerMax));
        // What came before is no event any more; and what the loop has just read may still be in use.
        loop.ReadLater(linger);
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvent events)
    {
        if (!IsScheduled) return; // Over.
        while (_readCount++ < ReadsMax)
        {
            int count = _loop.Receive(_socket, 0);
            if (count > 0) continue;
            if (count < 0 && LibC.Error == LibC.Eintr) continue;
            if (count < 0 && LibC.Error == LibC.Eagain) return;
            break;
        }

        End();
    }

    /// <inheritdoc/>
    public void OnFault() => End();

    /// <inheritdoc/>
    public void OnStopped() => LibC.Close(_socket);

    protected internal override void OnTimer() => End();

    private void End()
    {
        _loop.Timers.Cancel(this);
        _loop.Close(_socket, _slot);
    }
}
