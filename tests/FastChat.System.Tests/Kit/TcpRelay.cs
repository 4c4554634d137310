using System.Net;
using System.Net.Sockets;

namespace FastChat.System.Tests.Kit;

/// <summary>Carries bytes between clients and one server, and counts the connections: shows what a proxy reuses.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _target;
    private readonly Task _accepting;
    private int _connectionCount;
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
            Task toServer = CopyAsync(client, server, ending.Token);
            Task toClient = CopyAsync(server, client, ending.Token);
            await Task.WhenAll(toServer, toClient);
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to, CancellationToken ending)
    {
        await from.GetStream().CopyToAsync(to.GetStream(), ending);
        to.Client.Shutdown(SocketShutdown.Send);
    }
}
