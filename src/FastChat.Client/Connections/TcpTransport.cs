using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Client.Connections;

/// <summary>The TCP form: a preface each way, then frames behind a length; with or without TLS.</summary>
internal sealed class TcpTransport : ITransport, IMessageSink
{
    private const int ReadBytes = 4 * 1024;
    private const int FrameBytesKept = 64 * 1024;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly int _receiveBytesMax;
    // The reader's alone, all that follow.
    private readonly byte[] _read = new byte[ReadBytes];
    private readonly ByteWriter _frame = new();
    private TcpReceiver _receiver;
    private int _readStart;
    private int _readEnd;
    private bool _hasFrame;

    private TcpTransport(Socket socket, Stream stream, int receiveBytesMax)
    {
        _socket = socket;
        _stream = stream;
        _receiveBytesMax = receiveBytesMax;
    }

    /// <summary>Connects and sends the preface; the gateway's is not waited for.</summary>
    public static async ValueTask<ITransport> ConnectAsync(Endpoint endpoint, FastChatClientOptions options, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(endpoint.Uri.IdnHost, endpoint.Uri.Port, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (endpoint.IsSecure)
            {
                SslStream secure = new(stream);
                stream = secure;
                SslClientAuthenticationOptions authentication = new()
                {
                    TargetHost = endpoint.Uri.IdnHost,
                    RemoteCertificateValidationCallback = options.CertificateValidation,
                };
                await secure.AuthenticateAsClientAsync(authentication, cancellationToken).ConfigureAwait(false);
            }
            await stream.WriteAsync(TcpPreface.Frame.ToArray(), cancellationToken).ConfigureAwait(false);
            return new TcpTransport(socket, stream, options.ReceiveBytesMax);
        }
        catch
        {
            // Whatever failed: nobody else knows of the socket.
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
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
        _hasFrame = false;
        while (true)
        {
            CloseReason fault = _receiver.Receive(_read.AsSpan(_readStart.._readEnd), _receiveBytesMax, this, out int consumedBytes);
            _readStart += consumedBytes;
            if (_hasFrame) return _frame.WrittenMemory;
            if (fault != CloseReason.None) throw Faulted(fault);

            _readStart = 0;
            _readEnd = await _stream.ReadAsync(_read, cancellationToken).ConfigureAwait(false);
            if (_readEnd == 0)
                throw new ConnectionEndedException(ConnectionEnd.Found(CloseReason.Lost, "the gateway ended the connection") with { IsOrderly = true });
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(OutgoingBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.FrameCount; i++)
            BinaryPrimitives.WriteUInt32BigEndian(batch.HeadAt(i), (uint)batch.FrameAt(i).Length);
        return _stream.WriteAsync(batch.All, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask CloseOutputAsync(CancellationToken cancellationToken)
    {
        if (_stream is SslStream secure) await secure.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        _socket.Shutdown(SocketShutdown.Send);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    bool IMessageSink.OnMessage(bool isText, Span<byte> payload)
    {
        _frame.Write(payload);
        _hasFrame = true;
        return false;
    }

    void IMessageSink.OnPing(ReadOnlySpan<byte> payload)
    {
        // TCP has no control frames.
    }

    void IMessageSink.OnPong(ReadOnlySpan<byte> payload)
    {
        // TCP has no control frames.
    }

    void IMessageSink.OnClose(ushort code, ReadOnlySpan<byte> reason)
    {
        // TCP has no control frames.
    }

    private static ConnectionEndedException Faulted(CloseReason fault) => new(fault switch
    {
        CloseReason.UnknownProtocol => ConnectionEnd.Found(CloseReason.ProtocolError, "what answers is no FastChat gateway"),
        CloseReason.MessageTooBig => ConnectionEnd.Found(fault, "the gateway sent a message over the limit"),
        _ => ConnectionEnd.Found(fault, "the gateway sent a malformed frame"),
    });
}
