using System.Runtime.InteropServices;

namespace FastChat.Swarm.Sockets;

/// <summary>The calls of Linux that the epoll driver makes, with the numbers of its headers; the same on x64 and arm64, glibc and musl.</summary>
internal static unsafe partial class Libc
{
    public const int SockStream = 1, SockNonBlock = 0x800, SockCloseOnExec = 0x80000;
    public const int SolIp = 0, SolSocket = 1, SolTcp = 6;
    public const int TcpNoDelay = 1, SoError = 4, SoReceiveBuffer = 8, SoLinger = 13, IpBindAddressNoPort = 24;
    public const int MsgNoSignal = 0x4000;
    public const int EpollAdd = 1, EpollDelete = 2, EpollModify = 3, EpollCloseOnExec = 0x80000;
    public const uint EpollIn = 1, EpollOut = 4, EpollError = 8, EpollHangUp = 16;
    public const int EventFdNonBlock = 0x800, EventFdCloseOnExec = 0x80000;
    public const int Interrupted = 4, TryAgain = 11, InProgress = 115;
    public const int ThreadCpuTime = 3;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int socket, int level, int name, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    public static partial int NanoSleep(long* secondsAndNanoseconds, long* remaining);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, long* secondsAndNanoseconds);
}
