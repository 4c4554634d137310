using FastChat.Codec.Buffers;

namespace FastChat.Codec.Messages;

/// <summary>
/// Writes the gateway's messages in one encoding (<c>MessagePackEncoder</c>, <c>JsonEncoder</c>), without framing.
/// Implementations hold no state, are thread-safe and allocate nothing.
/// </summary>
public interface IMessageEncoder
{
    /// <summary>A publication, as delivered.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="publication">Borrowed.</param>
    /// <param name="withId">Whether the receiver is the author, who is told the message id.</param>
    void WriteMsg(ByteWriter output, in Publication publication, bool withId);

    /// <summary>The log has the publication <paramref name="id"/>; without an epoch (and then without the offset) it went out on the ephemeral lane.</summary>
    void WriteAck(ByteWriter output, ReadOnlySpan<byte> id, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset);

    /// <summary>A command was refused.</summary>
    void WriteError(ByteWriter output, in ErrorAnswer error);

    /// <summary>Somebody came (<see cref="MessageType.Join"/>) or went (<see cref="MessageType.Leave"/>).</summary>
    void WriteNotice(ByteWriter output, MessageType type, ReadOnlySpan<byte> room, ReadOnlySpan<byte> user, long timestampMs);

    /// <summary>Somebody types, or stopped.</summary>
    void WriteTyping(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> user, bool on);

    /// <summary>A position without a message.</summary>
    void WritePosition(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long offset);

    /// <summary>Offsets <paramref name="from"/> to <paramref name="to"/> (inclusive) will not come on this connection.</summary>
    void WriteGap(ByteWriter output, ReadOnlySpan<byte> room, ReadOnlySpan<byte> epoch, long from, long to);

    /// <summary>Asks the peer for a pong (TCP, where there is no ping frame).</summary>
    void WritePing(ByteWriter output);

    /// <summary>Answers a ping.</summary>
    void WritePong(ByteWriter output, long timestampMs);

    /// <summary>The connection ends.</summary>
    /// <param name="output">Appended to.</param>
    /// <param name="reason">Its value and name are sent, and whether to reconnect, which its range tells.</param>
    /// <param name="delayMs">When to come back, milliseconds; 0: the client's own back-off decides.</param>
    void WriteClose(ByteWriter output, CloseReason reason, int delayMs);

    /// <summary>Begins a page of history; exactly <see cref="HistoryHead.MessageCount"/> entries follow, then <see cref="EndHistory"/>.</summary>
    void BeginHistory(ByteWriter output, in HistoryHead head);

    /// <summary>The entry number <paramref name="index"/> (from 0) of the page begun.</summary>
    void WriteHistoryEntry(ByteWriter output, int index, in Publication publication, bool withId);

    /// <summary>Ends the page.</summary>
    void EndHistory(ByteWriter output, in HistoryHead head);

    /// <summary>Begins a page of who is present; exactly <see cref="PresenceHead.UserCount"/> users follow, then <see cref="EndPresence"/>.</summary>
    void BeginPresence(ByteWriter output, in PresenceHead head);

    /// <summary>The user number <paramref name="index"/> (from 0) of the page begun.</summary>
    void WritePresenceUser(ByteWriter output, int index, ReadOnlySpan<byte> user);

    /// <summary>Ends the page.</summary>
    void EndPresence(ByteWriter output, in PresenceHead head);
}

/// <summary>A refusal. Borrows its bytes; empty spans are left out of the answer.</summary>
public readonly ref struct ErrorAnswer
{
    /// <summary>What was wrong, for programs.</summary>
    public ErrorCode Code { get; init; }
    /// <summary>What was wrong, for people.</summary>
    public ReadOnlySpan<byte> Message { get; init; }
    /// <summary>The id of the command that it answers.</summary>
    public ReadOnlySpan<byte> Id { get; init; }
    /// <summary>The room of the command that it answers.</summary>
    public ReadOnlySpan<byte> Room { get; init; }
    /// <summary>When to try again, milliseconds; 0: does not say.</summary>
    public int RetryAfterMs { get; init; }
    /// <summary>With <see cref="ErrorCode.NameTaken"/>: a free name.</summary>
    public ReadOnlySpan<byte> Suggestion { get; init; }
}

/// <summary>All of a history page but its entries. Borrows its bytes.</summary>
public readonly ref struct HistoryHead
{
    /// <summary>The id of the command that it answers; empty when it had none.</summary>
    public ReadOnlySpan<byte> Id { get; init; }
    /// <summary>Room id.</summary>
    public ReadOnlySpan<byte> Room { get; init; }
    /// <summary>Epoch of the room.</summary>
    public ReadOnlySpan<byte> Epoch { get; init; }
    /// <summary>In answer to a join: the connection's position after this page. In answer to a history request: the room's newest offset.</summary>
    public long Offset { get; init; }
    /// <summary>Whether everything after the position given is here or follows. False too when no position was given.</summary>
    public bool Recovered { get; init; }
    /// <summary>With a position given: newer entries follow as msg. Else: the log holds older ones, to be asked for with history.</summary>
    public bool More { get; init; }
    /// <summary>In answer to a join: the connection's display name; empty otherwise.</summary>
    public ReadOnlySpan<byte> You { get; init; }
    /// <summary>In answer to a guest's first join: the guest key; empty otherwise.</summary>
    public ReadOnlySpan<byte> Key { get; init; }
    /// <summary>How many entries follow.</summary>
    public int MessageCount { get; init; }
}

/// <summary>All of a presence page but its users. Borrows its bytes.</summary>
public readonly ref struct PresenceHead
{
    /// <summary>The id of the command that it answers; empty when none.</summary>
    public ReadOnlySpan<byte> Id { get; init; }
    /// <summary>Room id.</summary>
    public ReadOnlySpan<byte> Room { get; init; }
    /// <summary>Rises with every change of who is present.</summary>
    public long Version { get; init; }
    /// <summary>People present, each counted once.</summary>
    public int Count { get; init; }
    /// <summary>Whether users are listed; false for the count alone that large rooms send in place of notices.</summary>
    public bool HasUsers { get; init; }
    /// <summary>How many users follow.</summary>
    public int UserCount { get; init; }
    /// <summary>Where the next page starts; empty when this is the last.</summary>
    public ReadOnlySpan<byte> Next { get; init; }
}
