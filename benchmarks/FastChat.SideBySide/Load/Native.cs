using System.Net;
using System.Runtime.InteropServices;

namespace FastChat.SideBySide.Load;

/// <summary>The few system calls of the load client: .NET's own sockets would cost more than what is measured. Linux only.</summary>
internal static partial class Native
{
    /// <summary>Bytes, or the peer's end, to read.</summary>
    public const uint Readable = 1;
    /// <summary>Takes bytes; or, connecting, is connected or has failed.</summary>
    public const uint Writable = 4;
    /// <summary>The call would wait.</summary>
    public const int Again = 11;

    private const int AddressFamily = 2, StreamNonBlocking = 1 | 0x800, SolSocket = 1, SoError = 4, SoLinger = 13, IpprotoTcp = 6, TcpNoDelay = 1;
    private const int NoSignal = 0x4000, InProgress = 115, Interrupted = 4, Add = 1, Modify = 3;

    // struct epoll_event: uint32 events, uint64 data; packed on x64 alone.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventBytes - sizeof(ulong);

    /// <summary>A new epoll instance.</summary>
    public static int CreateEpoll() => Checked(EpollCreate(0));

    /// <summary>Begins to connect to a port of 127.0.0.1 and watches until it is connected.</summary>
    /// <returns>The socket.</returns>
    public static unsafe int Connect(int epoll, int port, int tag)
    {
        int socket = Checked(OpenSocket(AddressFamily, StreamNonBlocking, 0));
        int one = 1;
        Checked(SetOption(socket, IpprotoTcp, TcpNoDelay, &one, sizeof(int)));
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        address[0] = AddressFamily;
        BitConverter.TryWriteBytes(address[2..], (ushort)IPAddress.HostToNetworkOrder((short)(ushort)port));
        IPAddress.Loopback.TryWriteBytes(address[4..], out _);
        fixed (byte* start = address)
        {
            if (ConnectSocket(socket, start, address.Length) != 0 && Marshal.GetLastPInvokeError() != InProgress) Checked(-1);
        }

        Control(epoll, Add, socket, Readable | Writable, tag);
        return socket;
    }

    /// <summary>Changes what is watched.</summary>
    public static void Watch(int epoll, int socket, bool alsoWritable, int tag) => Control(epoll, Modify, socket, Readable | (alsoWritable ? Writable : 0), tag);

    /// <summary>Waits for events.</summary>
    /// <param name="epoll">The instance.</param>
    /// <param name="events">Room for some, filled.</param>
    /// <param name="timeoutMs">Longest wait.</param>
    /// <returns>How many there are.</returns>
    public static unsafe int Wait(int epoll, byte[] events, int timeoutMs)
    {
        fixed (byte* start = events)
        {
            int count = EpollWait(epoll, start, events.Length / EventBytes, timeoutMs);
            if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted) return 0;
            return Checked(count);
        }
    }

    /// <summary>One of the events that <see cref="Wait"/> gave.</summary>
    public static (uint Kinds, int Tag) EventAt(byte[] events, int index)
    {
        ReadOnlySpan<byte> one = events.AsSpan(index * EventBytes, EventBytes);
        return (BitConverter.ToUInt32(one), (int)BitConverter.ToUInt64(one[DataOffset..]));
    }

    /// <summary>Why connecting failed; 0 when it did not.</summary>
    public static unsafe int ConnectError(int socket)
    {
        int error = 0;
        int length = sizeof(int);
        Checked(GetOption(socket, SolSocket, SoError, &error, &length));
        return error;
    }

    /// <returns>Bytes received; 0 at the end; -1: see <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static unsafe int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer) return (int)ReceiveBytes(socket, start, (nuint)buffer.Length, 0);
    }

    /// <returns>Bytes sent; -1: see <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public static unsafe int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return (int)SendBytes(socket, start, (nuint)bytes.Length, NoSignal);
    }

    /// <summary>Closes with a reset, so that no port stays in use.</summary>
    public static unsafe void Reset(int socket)
    {
        long lingerForNoTime = 1; // struct linger { int onoff, linger }, little-endian.
        _ = SetOption(socket, SolSocket, SoLinger, &lingerForNoTime, sizeof(long));
        Close(socket);
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int descriptor) => CloseDescriptor(descriptor);

    private static unsafe void Control(int epoll, int operation, int socket, uint kinds, int tag)
    {
        Span<byte> one = stackalloc byte[16];
        one.Clear();
        BitConverter.TryWriteBytes(one, kinds);
        BitConverter.TryWriteBytes(one[DataOffset..], (ulong)tag);
        fixed (byte* start = one) Checked(EpollControl(epoll, operation, socket, start));
    }

    private static int Checked(int result) => result >= 0 ? result : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int EpollControl(int epoll, int operation, int socket, byte* description);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int ConnectSocket(int socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static unsafe partial int GetOption(int socket, int level, int name, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetOption(int socket, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint ReceiveBytes(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint SendBytes(int socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
