namespace FastChat.Gateway.Hosting;

/// <summary>Memory as a formula, in bytes on 64-bit systems; docs/capacity.md explains it, and a test holds it against measurement.</summary>
internal static class MemoryFormula
{
    /// <summary>What the process takes before the first connection, and what the runtime compiles and keeps free under load.</summary>
    public const long Process = 96L << 20;

    /// <summary>A connection's transport on the epoll host: its object, and its slots in the loop's tables.</summary>
    public const int EpollTransport = 80;

    /// <summary>A connection's transport on the pipe host: Kestrel's connection, pipes and tasks.</summary>
    public const int PipeTransport = 5_940;

    /// <summary>The same with TLS, most of it OpenSSL's.</summary>
    public const int TlsTransport = 33_000;

    /// <summary>A session, without its transport.</summary>
    public const int Session = 184;

    /// <summary>A person: names, rates, the place among all names.</summary>
    public const int Person = 120;

    /// <summary>An address that connections come from, in the counts of connections.</summary>
    public const int Address = 40;

    /// <summary>One connection in one room.</summary>
    public const int Membership = 86;

    /// <summary>A room with members on one loop, without messages.</summary>
    public const int Room = 530;

    /// <summary>A room's members on each further loop.</summary>
    public const int RoomOnAnotherLoop = 140;

    /// <summary>A message in a room's log, beside its own bytes.</summary>
    public const int LoggedMessage = 50;

    /// <summary>A message id within the window in which repetitions are known.</summary>
    public const int MessageId = 100;

    /// <summary>A message that waits for a socket, beside its bytes, which all who wait for them share.</summary>
    public const int QueuedMessage = 16;

    /// <summary>What the kernel takes for an idle connection, whoever holds it.</summary>
    public const int Kernel = 5_000;

    /// <summary>An idle connection with all that comes with it: one person from an address of their own in one room of ten, and the kernel's part.</summary>
    /// <param name="transport">One of the three transports.</param>
    public static long ConnectionOf(int transport) => transport + Session + Person + Address + Membership + (Room / 10) + Kernel;
}
