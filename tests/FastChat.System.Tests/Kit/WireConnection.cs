using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace FastChat.System.Tests.Kit;

/// <summary>How a connection ended, seen from the client.</summary>
internal enum WireEnd
{
    /// <summary>A read returned 0: the peer finished what it had to say.</summary>
    Finished,
    /// <summary>A read failed: reset.</summary>
    Reset,
}

/// <summary>A connection whose every byte the test chooses. Not thread-safe, but one task may write while another reads.</summary>
internal sealed class WireConnection : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private WireConnection(Socket socket, Stream stream)
    {
        Socket = socket;
        Stream = stream;
        LocalName = socket.LocalEndPoint!.ToString()!;
    }

    /// <summary>The socket, for its options.</summary>
    public Socket Socket { get; }

    /// <summary>What bytes go through: the socket's stream, or TLS on it.</summary>
    public Stream Stream { get; private set; }

    /// <summary>How the gateway's log names this end.</summary>
    public string LocalName { get; }

    /// <summary>How it ended; null while it has not.</summary>
    public WireEnd? End { get; private set; }

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    /// <summary>Connects; nothing is sent.</summary>
    /// <param name="address">Host and port count.</param>
    /// <param name="receiveBufferBytes">Smaller than the system's choice for one that is to read slowly.</param>
    /// <param name="from">The own address; null for the system's choice.</param>
    public static async Task<WireConnection> ConnectAsync(Uri address, int receiveBufferBytes = 0, IPAddress? from = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0) socket.ReceiveBufferSize = receiveBufferBytes;
        if (from is not null) socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, Stopping);
        return new WireConnection(socket, new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Goes on through another stream on top of this one's, such as TLS.</summary>
    public void GoOnThrough(Stream stream) => Stream = stream;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes, Stopping).AsTask().Within(Patience.Answer, "bytes to be taken");

    /// <summary>Sends what the gateway may refuse to hear out; what it said before is still to be read.</summary>
    /// <returns>Whether it was taken.</returns>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Goes on over TLS.</summary>
    public async Task SecureAsync()
    {
        SslStream secure = new(Stream);
        SslClientAuthenticationOptions options = new() { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Made(certificate) };
        await secure.AuthenticateAsClientAsync(options, Stopping).Within(Patience.Answer, "the TLS handshake");
        Stream = secure;
    }

    /// <summary>Sends text as it stands.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads exactly that many bytes.</summary>
    /// <exception cref="EndOfStreamException">It ended before.</exception>
    public async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        int read = 0;
        while (read < count)
        {
            if (_start == _end && !await FillAsync()) throw new EndOfStreamException($"{End} after {read} of {count} bytes");
            int taken = Math.Min(count - read, _end - _start);
            _buffer.AsSpan(_start, taken).CopyTo(bytes.AsSpan(read));
            _start += taken;
            read += taken;
        }
        return bytes;
    }

    /// <summary>Reads up to and with the empty line of an HTTP head.</summary>
    public async Task<string> ReadHeadAsync()
    {
        StringBuilder head = new();
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n") head.Append((char)(await ReadAsync(1))[0]);
        return head.ToString();
    }

    /// <summary>Reads an HTTP answer, head and body.</summary>
    public async Task<(string Head, string Body)> ReadAnswerAsync()
    {
        string head = await ReadHeadAsync();
        string? length = HeaderOf(head, "Content-Length");
        if (length is not null) return (head, Encoding.UTF8.GetString(await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture))));
        if (HeaderOf(head, "Transfer-Encoding") is null) return (head, "");
        StringBuilder body = new();
        while (true)
        {
            int size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(Encoding.UTF8.GetString(await ReadAsync(size)));
            await ReadLineAsync();
            if (size == 0) return (head, body.ToString());
        }
    }

    /// <summary>The value of a header; null when there is none.</summary>
    public static string? HeaderOf(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    /// <summary>Reads a server's WebSocket frame; null at the end of the stream.</summary>
    /// <param name="mayDeflate">Whether compression was agreed on.</param>
    public async Task<WireFrame?> ReadFrameAsync(bool mayDeflate = false)
    {
        if (_start == _end && !await FillAsync()) return null;
        byte[] head = await ReadAsync(2);
        Assert.Equal(0, head[0] & (mayDeflate ? 0x30 : 0x70)); // No other extension was agreed on.
        Assert.Equal(0, head[1] & 0x80); // A server never masks.
        ulong length = (head[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            127 => BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8)),
            int small => (ulong)small,
        };
        return new WireFrame((head[0] & 0x80) != 0, head[0] & 0x0F, await ReadAsync(checked((int)length))) { IsDeflated = (head[0] & 0x40) != 0 };
    }

    /// <summary>Reads a frame of the TCP form; null at the end of the stream.</summary>
    public async Task<byte[]?> ReadTcpFrameAsync()
    {
        if (_start == _end && !await FillAsync()) return null;
        return await ReadAsync(checked((int)BinaryPrimitives.ReadUInt32BigEndian(await ReadAsync(4))));
    }

    /// <summary>Reads to the end and tells which end it was.</summary>
    /// <returns>How it ended and what came before.</returns>
    public async Task<(WireEnd End, byte[] Bytes)> ReadToEndAsync()
    {
        using MemoryStream all = new();
        while (true)
        {
            all.Write(_buffer, _start, _end - _start);
            _start = _end;
            if (!await FillAsync()) return (End!.Value, all.ToArray());
        }
    }

    /// <summary>Says that nothing more will be sent, and goes on reading.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends as a machine does that lost the connection: with a reset.</summary>
    public void Reset()
    {
        if (Socket.SafeHandle.IsClosed) return;
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        Socket.Dispose();
    }

    private async Task<string> ReadLineAsync()
    {
        StringBuilder line = new();
        while (true)
        {
            char next = (char)(await ReadAsync(1))[0];
            if (next == '\n') return line.ToString().TrimEnd('\r');
            line.Append(next);
        }
    }

    private async Task<bool> FillAsync()
    {
        if (End is not null) return false;
        try
        {
            _start = 0;
            _end = 0;
            _end = await Stream.ReadAsync(_buffer, Stopping).AsTask().Within(Patience.Answer, "bytes of the gateway");
            if (_end == 0) End = WireEnd.Finished;
        }
        catch (IOException)
        {
            End = WireEnd.Reset;
        }
        return _end > 0;
    }
}
