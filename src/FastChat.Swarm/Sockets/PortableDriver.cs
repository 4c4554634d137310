using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace FastChat.Swarm.Sockets;

/// <summary>
/// The same on any system: readiness to read is a receive of no bytes that completes, through one <see cref="SocketAsyncEventArgs"/> a socket.
/// Costs some 1 to 2 KB a connection and a hop between threads; <see cref="EpollDriver"/> takes its place on Linux.
/// </summary>
internal sealed class PortableDriver : ISocketDriver
{
    /// <summary>How often a socket that took nothing is offered the bytes again; there is no event for it without handing them over.</summary>
    private const int RetryMs = 1;

    private readonly List<Entry?> _entries = [];
    private readonly Stack<int> _free = new();
    private readonly HashSet<Entry> _writers = [];
    private readonly ConcurrentQueue<Entry> _completed = new();
    private readonly SemaphoreSlim _signal = new(0);

    [SuppressMessage("Reliability", "CA2000", Justification = "The entry owns the socket until Close.")]
    public int Connect(IPEndPoint remote, IPAddress? source, int receiveBufferBytes, int token, out SocketError error)
    {
        error = SocketError.Success;
        Socket socket = new(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        try
        {
            if (receiveBufferBytes > 0) socket.ReceiveBufferSize = receiveBufferBytes;
            if (source is not null) socket.Bind(new IPEndPoint(source, 0));
        }
        catch (SocketException failure)
        {
            error = failure.SocketErrorCode;
            socket.Dispose();
            return ISocketDriver.Broken;
        }
        Entry entry = new(socket, this) { Token = token, IsConnecting = true };
        entry.Arguments.RemoteEndPoint = remote;
        if (!socket.ConnectAsync(entry.Arguments)) Complete(entry);
        return Keep(entry);
    }

    public SocketError TakeError(int handle) => Of(handle).ConnectError;

    public int Receive(int handle, Span<byte> buffer)
    {
        Entry entry = Of(handle);
        int count = entry.Socket.Receive(buffer, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) return ISocketDriver.Broken;
        if (error == SocketError.WouldBlock || count > 0) entry.Await();
        return error == SocketError.Success ? count : ISocketDriver.WouldBlock;
    }

    public int Send(int handle, ReadOnlySpan<byte> bytes)
    {
        int count = Of(handle).Socket.Send(bytes, SocketFlags.None, out SocketError error);
        return error == SocketError.Success ? count : error == SocketError.WouldBlock ? ISocketDriver.WouldBlock : ISocketDriver.Broken;
    }

    public void Watch(int handle, int token, bool read, bool write)
    {
        Entry entry = Of(handle);
        entry.Token = token;
        entry.Reads = read;
        if (write) _writers.Add(entry);
        else _writers.Remove(entry);
        if (read) entry.Await();
    }

    public void Close(int handle, bool abort)
    {
        Entry entry = Of(handle);
        _entries[handle] = null;
        _free.Push(handle);
        _writers.Remove(entry);
        if (abort) entry.Socket.LingerState = new LingerOption(true, 0);
        entry.IsClosed = true;
        entry.Socket.Dispose();
    }

    public int Wait(Span<ReadySocket> ready, int timeoutMs)
    {
        if (_completed.IsEmpty) _signal.Wait(_writers.Count > 0 ? Math.Min(timeoutMs, RetryMs) : timeoutMs);
        while (_signal.CurrentCount > 0) _signal.Wait(0);
        int filled = 0;
        foreach (Entry entry in _writers)
        {
            if (filled == ready.Length) break;
            ready[filled++] = new ReadySocket(entry.Token, CanRead: false, CanWrite: true);
        }
        while (filled < ready.Length && _completed.TryDequeue(out Entry? entry))
        {
            if (entry.IsClosed) continue;
            bool hasConnected = entry.IsConnecting;
            entry.IsConnecting = false;
            entry.IsAwaiting = false;
            if (hasConnected || entry.Reads) ready[filled++] = new ReadySocket(entry.Token, CanRead: !hasConnected, CanWrite: hasConnected);
        }
        return filled;
    }

    public void Wake() => _signal.Release();

    public void Dispose() => _signal.Dispose();

    private int Keep(Entry entry)
    {
        if (!_free.TryPop(out int handle))
        {
            handle = _entries.Count;
            _entries.Add(null);
        }
        _entries[handle] = entry;
        return handle;
    }

    private Entry Of(int handle) => _entries[handle] ?? throw new ObjectDisposedException(nameof(Socket));

    /// <summary>On any thread.</summary>
    private void Complete(Entry entry)
    {
        if (entry.Arguments.LastOperation == SocketAsyncOperation.Connect) entry.ConnectError = entry.Arguments.SocketError;
        _completed.Enqueue(entry);
        try
        {
            _signal.Release();
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended before its last socket's completion.
        }
    }

    /// <summary>One socket. Its thread is the loop's, but for what completes.</summary>
    private sealed class Entry
    {
        private readonly PortableDriver _driver;

        public Entry(Socket socket, PortableDriver driver)
        {
            _driver = driver;
            Socket = socket;
            Arguments = new SocketAsyncEventArgs();
            Arguments.Completed += (_, _) => driver.Complete(this);
        }

        public Socket Socket { get; }
        public SocketAsyncEventArgs Arguments { get; }
        public SocketError ConnectError { get; set; } = SocketError.NotConnected;
        public int Token { get; set; }
        public bool Reads { get; set; }
        public bool IsConnecting { get; set; }
        public bool IsAwaiting { get; set; }
        public bool IsClosed { get; set; }

        /// <summary>Asks for a report when there is something to read.</summary>
        public void Await()
        {
            if (IsAwaiting || IsConnecting || !Reads) return;
            IsAwaiting = true;
            Arguments.SetBuffer(Memory<byte>.Empty);
            if (!Socket.ReceiveAsync(Arguments)) _driver.Complete(this);
        }
    }
}
