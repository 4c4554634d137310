using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using FastChat.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FastChat.Gateway.Transport;

/// <summary>A port whose connections the loops accept. Kestrel is given, one by one, those that are not the gateway's.</summary>
internal sealed class EpollListener : IConnectionListener
{
    private readonly Socket _socket;
    private readonly EpollAcceptor[] _acceptors;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly ILogger _logger;
    private readonly Channel<int> _handedOver = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
    private int _isPaused;  // 1 while an acceptor waits for descriptors or memory.
    private bool _isUnbound;

    /// <param name="host">Whose loops accept.</param>
    /// <param name="socket">Listens; owned.</param>
    /// <param name="isHttpToo">False on a port for TCP alone.</param>
    /// <param name="contexts">Makes Kestrel's connections.</param>
    /// <param name="logger">Where pauses are told.</param>
    public EpollListener(EpollHost host, Socket socket, bool isHttpToo, SocketConnectionContextFactory contexts, ILogger logger)
    {
        Host = host;
        IsHttpToo = isHttpToo;
        EndPoint = socket.LocalEndPoint!;
        _socket = socket;
        _contexts = contexts;
        _logger = logger;
        _acceptors = [.. host.Loops.Select(loop => new EpollAcceptor(this, loop, (int)socket.Handle))];
        foreach (EpollAcceptor acceptor in _acceptors) acceptor.Start();
    }

    /// <summary>Whose loops accept.</summary>
    public EpollHost Host { get; }

    /// <summary>Whether what is not the gateway's goes to Kestrel.</summary>
    public bool IsHttpToo { get; }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>Gives a socket of which nothing was taken to Kestrel. Any thread.</summary>
    public void HandOver(int socket)
    {
        if (!_handedOver.Writer.TryWrite(socket)) LibC.Close(socket); // The port was closed meanwhile.
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _handedOver.Reader.WaitToReadAsync(cancellationToken))
        {
            while (_handedOver.Reader.TryRead(out int descriptor))
            {
                if (ContextOf(descriptor) is ConnectionContext context) return context;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_isUnbound) return;
        _isUnbound = true;
        foreach (EpollAcceptor acceptor in _acceptors) await acceptor.StopAsync();
        _socket.Dispose();
        _handedOver.Writer.TryComplete();
        // Kestrel does not know of them, so it is here that they are waited for.
        await Host.DrainAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(new CancellationToken(canceled: true));
        while (_handedOver.Reader.TryRead(out int socket)) LibC.Close(socket);
        _contexts.Dispose();
    }

    /// <summary>The system has no descriptor or no memory for another connection. Any thread.</summary>
    public void OnAcceptPaused(int error)
    {
        if (Interlocked.Exchange(ref _isPaused, 1) == 0) ConnectionLog.AcceptPaused(_logger, EndPoint, new SocketException(SocketErrorOf(error)).Message);
    }

    /// <summary>All that waited was accepted. Any thread.</summary>
    public void OnAcceptedAll()
    {
        if (Volatile.Read(ref _isPaused) == 1 && Interlocked.Exchange(ref _isPaused, 0) == 1) ConnectionLog.AcceptResumed(_logger, EndPoint);
    }

    private ConnectionContext? ContextOf(int descriptor)
    {
        SafeSocketHandle handle = new(descriptor, ownsHandle: true);
        try
        {
            ConnectionContext context = _contexts.Create(new Socket(handle));
            context.Features.Set(SniffedFeature.Instance);
            return context;
        }
        catch (SocketException)
        {
            handle.Dispose(); // Reset meanwhile.
            return null;
        }
    }

    private static int SocketErrorOf(int error) => (int)(error is LibC.Emfile or LibC.Enfile ? SocketError.TooManyOpenSockets : SocketError.NoBufferSpaceAvailable);
}
