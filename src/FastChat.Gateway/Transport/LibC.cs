using System.Runtime.InteropServices;

namespace FastChat.Gateway.Transport;

/// <summary>
/// The system calls of the epoll host, and the constants of Linux that they take (the same on x64 and arm64, glibc and musl).
/// Each returns -1 on failure; <see cref="Marshal.GetLastPInvokeError"/> then says why.
/// </summary>
internal static unsafe partial class LibC
{
    public const int EpollCtlAdd = 1, EpollCtlDel = 2;

    public const int MsgPeek = 0x2, MsgNoSignal = 0x4000;
    public const int SockNonBlock = 0x800, SockCloseOnExec = 0x80000;
    public const int ShutWrite = 1;

    public const int Eintr = 4, Eagain = 11, Enomem = 12, Enfile = 23, Emfile = 24, Enobufs = 105;

    private const int EpollCloseOnExec = 0x80000, EventFdFlags = 0x80000 | 0x800;

    // The runtime finds glibc or musl under this name.
    private const string Library = "libc";

    /// <summary>The error of the call just made.</summary>
    public static int Error => Marshal.GetLastPInvokeError();

    /// <summary>A new interest list.</summary>
    public static int EpollCreate() => EpollCreate1(EpollCloseOnExec);

    /// <summary>A new counter that can be polled: a way to wake who waits in <see cref="EpollWait"/>.</summary>
    public static int EventFd() => EventFd(0, EventFdFlags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollCtl(int epoll, int operation, int descriptor, void* @event);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* events, int eventsMax, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int listener, void* address, int* addressBytes, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, void* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, void* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate1(int flags);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);
}
