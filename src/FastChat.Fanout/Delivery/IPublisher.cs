using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Delivery;

/// <summary>Who is told that the log has a publication: a member's connection, or a request that came over HTTP.</summary>
internal interface IPublisher
{
    /// <summary>The log has it (again, for a repeated id). A connection is called on its loop, a request on any.</summary>
    /// <param name="room">Where.</param>
    /// <param name="offset">Which; 0 on the ephemeral lane.</param>
    /// <param name="id">The message id; empty when none was given. Borrowed.</param>
    /// <param name="recordBytes">Bytes that waited for this answer.</param>
    void OnPublished(Room room, long offset, ReadOnlySpan<byte> id, int recordBytes);
}
