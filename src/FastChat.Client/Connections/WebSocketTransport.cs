using System.Net.WebSockets;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Client.Connections;

/// <summary>The WebSocket form: binary messages of subprotocol <c>fastchat.msgpack.v1</c>.</summary>
internal sealed class WebSocketTransport : ITransport
{
    private const string Subprotocol = "fastchat.msgpack.v1";
    private const int ReadBytes = 4 * 1024;
    private const int FrameBytesKept = 64 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly int _receiveBytesMax;
    private readonly ByteWriter _frame = new(); // The reader's alone.

    private WebSocketTransport(ClientWebSocket socket, int receiveBytesMax)
    {
        _socket = socket;
        _receiveBytesMax = receiveBytesMax;
    }

    /// <summary>Connects and upgrades.</summary>
    public static async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, FastChatClientOptions options, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        try
        {
            socket.Options.AddSubProtocol(Subprotocol);
            // The connection has heartbeats of its own, the same on both transports.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            // The shared handler that the socket would take goes on with a cancelled attempt, and keeps what comes of it open. An open
            // WebSocket needs its handler no longer.
            using HttpMessageInvoker invoker = new(new SocketsHttpHandler
            {
                UseCookies = false,
                SslOptions = { RemoteCertificateValidationCallback = options.CertificateValidation },
            });
            await socket.ConnectAsync(endpoint.Uri, invoker, cancellationToken).ConfigureAwait(false);
            if (socket.SubProtocol != Subprotocol)
                throw new ConnectionEndedException(ConnectionEnd.Found(CloseReason.ProtocolError, "what answers is no FastChat gateway"));
            return new WebSocketTransport(socket, options.ReceiveBytesMax);
        }
        catch
        {
            // Whatever failed: nobody else knows of the socket.
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        // A page of history may have been large; an idle connection does not keep its buffer.
        if (_frame.Length > FrameBytesKept) _frame.Dispose();
        else _frame.Clear();
        while (true)
        {
            ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(_frame.GetMemory(ReadBytes), cancellationToken).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
                throw new ConnectionEndedException(ConnectionEnd.ClosedByPeer((int?)_socket.CloseStatus ?? 1005, _socket.CloseStatusDescription ?? ""));
            if (result.MessageType == WebSocketMessageType.Text)
                throw new ConnectionEndedException(ConnectionEnd.Found(CloseReason.WrongDataType, "the gateway sent text"));

            _frame.Advance(result.Count);
            if (_frame.Length > _receiveBytesMax)
                throw new ConnectionEndedException(ConnectionEnd.Found(CloseReason.MessageTooBig, "the gateway sent a message over the limit"));
            if (result.EndOfMessage) return _frame.WrittenMemory;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(OutgoingBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.FrameCount; i++)
            await _socket.SendAsync(batch.FrameAt(i), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask CloseOutputAsync(CancellationToken cancellationToken)
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
