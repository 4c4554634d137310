using System.Text;

namespace FastChat.Swarm.Connections;

/// <summary>A room of a swarm; shared by its connections, of all loops.</summary>
internal sealed class SwarmRoom
{
    private byte[] _epoch = [];
    private long _newestAcked;

    /// <param name="id">Its id.</param>
    public SwarmRoom(string id) => Id = Encoding.ASCII.GetBytes(id);

    /// <summary>Its id, as it is sent.</summary>
    public byte[] Id { get; }

    /// <summary>The newest offset that the gateway has acked to this process.</summary>
    public long NewestAcked => Volatile.Read(ref _newestAcked);

    /// <summary>An epoch as an array that all connections share.</summary>
    public byte[] Intern(ReadOnlySpan<byte> epoch)
    {
        byte[] known = Volatile.Read(ref _epoch);
        if (epoch.SequenceEqual(known)) return known;
        byte[] copy = epoch.ToArray();
        Volatile.Write(ref _epoch, copy);
        return copy;
    }

    /// <summary>Notes an ack.</summary>
    public void Acked(long offset)
    {
        long known = Volatile.Read(ref _newestAcked);
        while (offset > known)
        {
            long before = Interlocked.CompareExchange(ref _newestAcked, offset, known);
            if (before == known) return;
            known = before;
        }
    }
}
