using System.Net;
using System.Net.Sockets;

namespace FastChat.Swarm.Sockets;

/// <summary>What a loop needs of its system's sockets: none of its calls but <see cref="Wait"/> blocks, and a socket costs no task and no buffer.</summary>
/// <remarks>For one thread, but for <see cref="Wake"/>.</remarks>
internal interface ISocketDriver : IDisposable
{
    /// <summary>What <see cref="Receive"/> and <see cref="Send"/> answer when the socket has, or takes, nothing now.</summary>
    const int WouldBlock = -1;

    /// <summary>What they answer when the connection is broken.</summary>
    const int Broken = -2;

    /// <summary>Begins to connect. The socket is then reported as ready to write once it is connected or has failed.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="source">The own address to come from; null: the system's choice.</param>
    /// <param name="receiveBufferBytes">What the kernel may hold unread; 0: the system's choice.</param>
    /// <param name="token">What to report the socket as; at least 0.</param>
    /// <param name="error">Why it failed at once, or Success.</param>
    /// <returns>The socket's handle; below 0 when it failed at once.</returns>
    int Connect(IPEndPoint remote, IPAddress? source, int receiveBufferBytes, int token, out SocketError error);

    /// <summary>How the connecting went: Success once connected.</summary>
    SocketError TakeError(int handle);

    /// <summary>Reads what there is.</summary>
    /// <returns>Bytes read; 0 at the end of the stream; <see cref="WouldBlock"/>; <see cref="Broken"/>.</returns>
    int Receive(int handle, Span<byte> buffer);

    /// <summary>Writes what the socket takes.</summary>
    /// <returns>Bytes taken; <see cref="WouldBlock"/>; <see cref="Broken"/>.</returns>
    int Send(int handle, ReadOnlySpan<byte> bytes);

    /// <summary>Says what the socket is to be reported for from now on.</summary>
    void Watch(int handle, int token, bool read, bool write);

    /// <summary>Gives the socket up.</summary>
    /// <param name="handle">No longer good afterwards.</param>
    /// <param name="abort">Resets the connection, as a lost client would, and leaves no port waiting.</param>
    void Close(int handle, bool abort);

    /// <summary>Waits until a socket is ready, until it is woken, or for <paramref name="timeoutMs"/>.</summary>
    /// <returns>How many entries of <paramref name="ready"/> were filled.</returns>
    int Wait(Span<ReadySocket> ready, int timeoutMs);

    /// <summary>Ends a wait, from any thread.</summary>
    void Wake();
}

/// <summary>A socket that has something to do.</summary>
/// <param name="Token">As given to <see cref="ISocketDriver.Connect"/> or <see cref="ISocketDriver.Watch"/>.</param>
/// <param name="CanRead">There are bytes, or the end.</param>
/// <param name="CanWrite">It takes bytes, or its connecting has ended.</param>
internal readonly record struct ReadySocket(int Token, bool CanRead, bool CanWrite);
