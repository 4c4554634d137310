using System.Net;
using System.Net.Sockets;

namespace FastChat.System.Tests.Kit;

/// <summary>Carries bytes between clients and one server, and counts connections and bytes: shows what a proxy reuses, and what is on the wire.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _target;
    private readonly Task _accepting;
    private int _connectionCount;
    private long _bytesToClients;
    private long _bytesToServer;
    private CancellationTokenSource _cutting = new(); // Swapped by Cut.

    /// <param name="target">The server to carry to.</param>
    public TcpRelay(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Connections accepted so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Bytes that the server sent.</summary>
    public long BytesToClients => Volatile.Read(ref _bytesToClients);

    /// <summary>Bytes that clients sent.</summary>
    public long BytesToServer => Volatile.Read(ref _bytesToServer);

    /// <summary>Breaks all connections off, with what is on its way in them.</summary>
    public void Cut()
    {
        using CancellationTokenSource cutting = Interlocked.Exchange(ref _cutting, new CancellationTokenSource());
        cutting.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _cutting.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> carried = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _connectionCount);
                carried.Add(CarryAsync(client));
            }
        }
        finally
        {
            await Task.WhenAll(carried).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _cutting.Token);
        using (client)
        using (TcpClient server = new())
        {
            // Ends with a reset, unless both sides had closed.
            client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
            await server.ConnectAsync(_target.Host, _target.Port, ending.Token);
            Task toServer = CopyAsync(client, server, count => Interlocked.Add(ref _bytesToServer, count), ending.Token);
            Task toClient = CopyAsync(server, client, count => Interlocked.Add(ref _bytesToClients, count), ending.Token);
            await Task.WhenAll(toServer, toClient);
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to, Action<int> count, CancellationToken ending)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, ending) is > 0 and int read)
        {
            // Counted first: who has got them must find them counted.
            count(read);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), ending);
        }
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
