using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;

namespace FastChat.Client.Tests.Testing;

/// <summary>The gateway's end of one connection, worked by a test.</summary>
internal sealed class FakePeer : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly WebSocket? _webSocket;
    private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>();

    private FakePeer(Socket socket, Stream stream, WebSocket? webSocket)
    {
        _socket = socket;
        _stream = stream;
        _webSocket = webSocket;
        Ended = ReceiveAllAsync();
    }

    /// <summary>Ends once the client has closed; this end then closes too, as a gateway's does.</summary>
    public Task Ended { get; }

    /// <summary>Answers the preface or the upgrade; null when it was refused.</summary>
    public static async Task<FakePeer?> OpenAsync(Socket socket, X509Certificate2? certificate, string? refusal)
    {
        socket.NoDelay = true;
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (certificate is not null)
        {
            SslStream secure = new(stream);
            stream = secure;
            await secure.AuthenticateAsServerAsync(certificate);
        }
        byte[] first = new byte[4];
        await stream.ReadExactlyAsync(first);
        if (first.AsSpan().SequenceEqual("\0\0\0\u0013"u8))
        {
            byte[] name = new byte[TcpPreface.ProtocolName.Length];
            await stream.ReadExactlyAsync(name);
            Assert.Equal(TcpPreface.ProtocolName, name);
            await stream.WriteAsync(TcpPreface.Frame.ToArray());
            return new FakePeer(socket, stream, webSocket: null);
        }
        StringBuilder head = new(Encoding.ASCII.GetString(first));
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }
        Dictionary<string, string> fields = head.ToString().Split("\r\n").Where(line => line.Contains(": ", StringComparison.Ordinal))
            .ToDictionary(line => line.Split(": ")[0], line => line.Split(": ")[1], StringComparer.OrdinalIgnoreCase);
        Assert.StartsWith("GET /ws ", head.ToString(), StringComparison.Ordinal);
        Assert.Equal("fastchat.msgpack.v1", fields["Sec-WebSocket-Protocol"]);
        if (refusal is not null)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            await stream.DisposeAsync();
            return null;
        }
        string accept = Accept(fields["Sec-WebSocket-Key"]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n" +
            "Sec-WebSocket-Protocol: fastchat.msgpack.v1\r\n\r\n"));
        return new FakePeer(socket, stream, WebSocket.CreateFromStream(stream, isServer: true, "fastchat.msgpack.v1", TimeSpan.Zero));
    }

    /// <summary>The next command, which must be of that type.</summary>
    public async Task<Command> ExpectAsync(MessageType type)
    {
        Command command = await _commands.Reader.ReadAsync(TestContext.Current.CancellationToken).InTime();
        Assert.Equal(type, command.Type);
        return command;
    }

    /// <summary>Asserts that the client says nothing more before it closes.</summary>
    public async Task ExpectCloseAsync()
    {
        await Ended.InTime();
        Assert.False(_commands.Reader.TryRead(out Command? command), command?.ToString());
    }

    /// <summary>Sends messages in one frame.</summary>
    public async Task SendAsync(params Action<ByteWriter>[] messages)
    {
        using ByteWriter frame = new(256);
        if (_webSocket is not null)
        {
            foreach (Action<ByteWriter> write in messages) write(frame);
            await _webSocket.SendAsync(frame.WrittenMemory, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
            return;
        }
        int start = FrameWriter.Begin(frame, WireForm.MessagePackTcp);
        foreach (Action<ByteWriter> write in messages) write(frame);
        FrameWriter.End(frame, WireForm.MessagePackTcp, start);
        await SendBytesAsync(frame.WrittenMemory);
    }

    /// <summary>Sends bytes as they are.</summary>
    public ValueTask SendBytesAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>A WebSocket close frame.</summary>
    public Task CloseAsync(int code, string reason) =>
        _webSocket!.CloseOutputAsync((WebSocketCloseStatus)code, reason, TestContext.Current.CancellationToken);

    /// <summary>The connection breaks, without a word.</summary>
    public void Break()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Dispose();
    }

    public void Dispose()
    {
        _webSocket?.Dispose();
        _stream.Dispose();
    }

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // The handshake of RFC 6455 is made with SHA-1.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (await ReceiveAsync() is byte[] frame) Decode(frame);
            _commands.Writer.Complete();
        }
        catch (Exception ended)
        {
            // Whatever ended it shows in what the test expects next.
            _commands.Writer.Complete(ended);
        }
        Dispose();
    }

    /// <returns>The next frame; null once the client has closed.</returns>
    private async Task<byte[]?> ReceiveAsync()
    {
        if (_webSocket is null)
        {
            byte[] head = new byte[sizeof(uint)];
            if (await _stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == 0) return null;
            byte[] payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(head)];
            await _stream.ReadExactlyAsync(payload);
            return payload;
        }
        byte[] buffer = new byte[128 * 1024];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result = await _webSocket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += result.Count;
            if (result.MessageType != WebSocketMessageType.Close && !result.EndOfMessage) continue;
            if (result.MessageType != WebSocketMessageType.Close) return buffer[..length];
            if (_webSocket.State == WebSocketState.CloseReceived)
                await _webSocket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
            return null;
        }
    }

    private void Decode(ReadOnlySpan<byte> frame)
    {
        while (!frame.IsEmpty)
        {
            Assert.Equal(ErrorCode.None, ClientMessageReader.ReadMessagePack(frame, out ClientMessage message, out int consumedBytes, out _));
            _commands.Writer.TryWrite(Command.Of(message));
            frame = frame[consumedBytes..];
        }
    }
}
