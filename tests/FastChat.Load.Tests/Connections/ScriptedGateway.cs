using System.Net;
using System.Net.Sockets;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Swarm;

namespace FastChat.Load.Tests.Connections;

/// <summary>A gateway for one TCP connection that says what a test wants, right or wrong, once the client has joined.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    public const string Room = "~load-t-0";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ByteWriter _output = new(1024);
    private NetworkStream? _stream;

    public ScriptedGateway() => _listener.Start();

    public SwarmTarget Target => SwarmTarget.Parse($"tcp://{_listener.LocalEndpoint}", null);

    /// <summary>Waits for a client and its join, and answers it.</summary>
    public async Task AcceptAsync(string epoch, long offset, bool recovered = false)
    {
        _stream?.Dispose();
        TcpClient client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken);
        _stream = client.GetStream();
        byte[] bytes = new byte[4096];
        int count = 0;
        // The join follows the preface at once; its answer does not depend on what it says.
        while (count <= TcpPreface.Frame.Length) count += await _stream.ReadAsync(bytes.AsMemory(count), TestContext.Current.CancellationToken);
        _output.Clear();
        _output.Write(TcpPreface.Frame);
        Frame(() =>
        {
            HistoryHead head = new() { Id = "j"u8, Room = Bytes(Room), Epoch = Bytes(epoch), Offset = offset, Recovered = recovered, You = "s"u8, Key = "k"u8 };
            MessagePackEncoder.Instance.BeginHistory(_output, head);
            MessagePackEncoder.Instance.EndHistory(_output, head);
        });
        await FlushAsync();
    }

    /// <summary>Delivers messages of an epoch.</summary>
    public async Task DeliverAsync(string epoch, params long[] offsets)
    {
        foreach (long offset in offsets)
        {
            byte[] text = SwarmText.Blank(32);
            SwarmText.SetTime(text, Swarm.Measures.Clock.Now);
            Frame(() => MessagePackEncoder.Instance.WriteMsg(
                _output, new Publication { Room = Bytes(Room), Epoch = Bytes(epoch), Offset = offset, User = "s"u8, Text = text, TimestampMs = 1 }, withId: false));
        }
        await FlushAsync();
    }

    public async Task TellGapAsync(string epoch, long from, long to)
    {
        Frame(() => MessagePackEncoder.Instance.WriteGap(_output, Bytes(Room), Bytes(epoch), from, to));
        await FlushAsync();
    }

    /// <summary>Ends the connection.</summary>
    public void Hangup() => _stream?.Socket.Close(0);

    public ValueTask DisposeAsync()
    {
        _stream?.Dispose();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private void Frame(Action write)
    {
        int start = FrameWriter.Begin(_output, WireForm.MessagePackTcp);
        write();
        FrameWriter.End(_output, WireForm.MessagePackTcp, start);
    }

    private async Task FlushAsync()
    {
        await _stream!.WriteAsync(_output.WrittenMemory, TestContext.Current.CancellationToken);
        _output.Clear();
    }
}
