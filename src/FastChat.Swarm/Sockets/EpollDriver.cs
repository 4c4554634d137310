using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FastChat.Swarm.Sockets;

/// <summary>Plain non-blocking sockets and one epoll: a connection costs this process its number and nothing else. Linux.</summary>
internal sealed unsafe class EpollDriver : ISocketDriver
{
    private const int EventsMax = 1024;
    private const uint WakeToken = uint.MaxValue;

    /// <summary>struct epoll_event is packed on x64 and on no other architecture.</summary>
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenAt = EventBytes - sizeof(ulong);

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsMax * EventBytes, pinned: true);

    /// <exception cref="Win32Exception">The process has no descriptor left.</exception>
    public EpollDriver()
    {
        _epoll = Checked(Libc.EpollCreate(Libc.EpollCloseOnExec));
        _wake = Checked(Libc.EventFd(0, Libc.EventFdNonBlock | Libc.EventFdCloseOnExec));
        Control(Libc.EpollAdd, _wake, WakeToken, Libc.EpollIn);
    }

    public int Connect(IPEndPoint remote, IPAddress? source, int receiveBufferBytes, int token, out SocketError error)
    {
        SocketAddress address = remote.Serialize();
        int socket = Libc.Socket((int)NativeFamily(address), Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (socket < 0)
        {
            error = LastError();
            return ISocketDriver.Broken;
        }
        SetOption(socket, Libc.SolTcp, Libc.TcpNoDelay, 1);
        if (receiveBufferBytes > 0) SetOption(socket, Libc.SolSocket, Libc.SoReceiveBuffer, receiveBufferBytes);
        error = source is null ? SocketError.Success : BindTo(socket, source);
        if (error == SocketError.Success) error = Begin(socket, address);
        if (error != SocketError.Success)
        {
            _ = Libc.Close(socket);
            return ISocketDriver.Broken;
        }
        Control(Libc.EpollAdd, socket, (uint)token, Libc.EpollOut);
        return socket;
    }

    public SocketError TakeError(int handle)
    {
        int error = 0;
        uint length = sizeof(int);
        _ = Libc.GetOption(handle, Libc.SolSocket, Libc.SoError, &error, &length);
        return error == 0 ? SocketError.Success : Translate(error);
    }

    public int Receive(int handle, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Result(Libc.Receive(handle, start, (nuint)buffer.Length, 0));
        }
    }

    public int Send(int handle, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Result(Libc.Send(handle, start, (nuint)bytes.Length, Libc.MsgNoSignal));
        }
    }

    public void Watch(int handle, int token, bool read, bool write) =>
        Control(Libc.EpollModify, handle, (uint)token, (read ? Libc.EpollIn : 0) | (write ? Libc.EpollOut : 0));

    public void Close(int handle, bool abort)
    {
        if (abort)
        {
            int* linger = stackalloc int[2] { 1, 0 };
            _ = Libc.SetOption(handle, Libc.SolSocket, Libc.SoLinger, linger, 2 * sizeof(int));
        }
        _ = Libc.Close(handle);
    }

    public int Wait(Span<ReadySocket> ready, int timeoutMs)
    {
        int count;
        fixed (byte* events = _events)
        {
            count = Libc.EpollWait(_epoll, events, Math.Min(EventsMax, ready.Length), timeoutMs);
        }
        int filled = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> happened = _events.AsSpan(i * EventBytes, EventBytes);
            uint token = MemoryMarshal.Read<uint>(happened[TokenAt..]);
            if (token == WakeToken)
            {
                ulong wakes;
                _ = Libc.Read(_wake, (byte*)&wakes, sizeof(ulong));
                continue;
            }
            uint bits = MemoryMarshal.Read<uint>(happened);
            bool ended = (bits & (Libc.EpollError | Libc.EpollHangUp)) != 0;
            ready[filled++] = new ReadySocket((int)token, ended || (bits & Libc.EpollIn) != 0, ended || (bits & Libc.EpollOut) != 0);
        }
        return filled;
    }

    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = Libc.Close(_wake);
        _ = Libc.Close(_epoll);
    }

    /// <summary>Binds the address and leaves the port to the connecting, which may then share it with other destinations.</summary>
    private static SocketError BindTo(int socket, IPAddress source)
    {
        SetOption(socket, Libc.SolIp, Libc.IpBindAddressNoPort, 1);
        SocketAddress address = new IPEndPoint(source, 0).Serialize();
        fixed (byte* start = address.Buffer.Span)
        {
            return Libc.Bind(socket, start, (uint)address.Size) == 0 ? SocketError.Success : LastError();
        }
    }

    private static SocketError Begin(int socket, SocketAddress remote)
    {
        fixed (byte* start = remote.Buffer.Span)
        {
            if (Libc.Connect(socket, start, (uint)remote.Size) == 0) return SocketError.Success;
        }
        return Marshal.GetLastPInvokeError() == Libc.InProgress ? SocketError.Success : LastError();
    }

    private static int Result(nint result)
    {
        if (result >= 0) return (int)result;
        return Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted ? ISocketDriver.WouldBlock : ISocketDriver.Broken;
    }

    private static void SetOption(int socket, int level, int name, int value) => _ = Libc.SetOption(socket, level, name, &value, sizeof(int));

    private void Control(int operation, int descriptor, uint token, uint events)
    {
        byte* given = stackalloc byte[16];
        *(uint*)given = events;
        *(ulong*)(given + TokenAt) = token;
        Checked(Libc.EpollControl(_epoll, operation, descriptor, given));
    }

    /// <summary>The family's number in the system's headers, which .NET's enumeration does not share.</summary>
    private static ushort NativeFamily(SocketAddress address) => MemoryMarshal.Read<ushort>(address.Buffer.Span);

    private static SocketError LastError() => Translate(Marshal.GetLastPInvokeError());

    /// <summary>The errors that connecting meets, by .NET's names.</summary>
    private static SocketError Translate(int error) => error switch
    {
        24 or 23 => SocketError.TooManyOpenSockets,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        101 => SocketError.NetworkUnreachable,
        104 => SocketError.ConnectionReset,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
