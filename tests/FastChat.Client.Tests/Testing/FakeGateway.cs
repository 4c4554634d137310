using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace FastChat.Client.Tests.Testing;

/// <summary>A gateway whose every answer a test scripts, over real sockets, TCP and WebSocket on one port.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Channel<FakePeer> _accepted = Channel.CreateUnbounded<FakePeer>();
    private readonly List<FakePeer> _peers = [];
    private readonly Task _accepting;
    private readonly X509Certificate2? _certificate;

    /// <param name="certificate">Borrowed; with one, all is in TLS.</param>
    public FakeGateway(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAllAsync();
    }

    /// <summary>Only WebSocket upgrades are answered so, with this status, while it is not null.</summary>
    public string? Refusal { get; set; }

    public Uri Address(string scheme) => new($"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public FastChatClient NewClient(Setting setting) => new(setting.ToOptions(Address(setting.Scheme)));

    /// <summary>The next connection, its handshake done.</summary>
    public Task<FakePeer> AcceptAsync() => _accepted.Reader.ReadAsync().InTime();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (FakePeer peer in _peers) peer.Dispose();
        foreach (FakePeer peer in _peers) await peer.Ended.InTime();
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            try
            {
                if (await FakePeer.OpenAsync(socket, _certificate, Refusal).InTime() is FakePeer peer)
                {
                    _peers.Add(peer);
                    _accepted.Writer.TryWrite(peer);
                }
            }
            catch (Exception ended) when (ended is IOException or SocketException or AuthenticationException)
            {
                socket.Dispose();
            }
        }
    }
}
