namespace FastChat.Client.Rooms;

/// <summary>What a client may hold unanswered, over all its rooms. Guarded by the session's gate.</summary>
internal sealed class Budget
{
    private readonly int _publishesMax;
    private readonly int _bytesMax;

    public Budget(int publishesMax, int bytesMax)
    {
        _publishesMax = publishesMax;
        _bytesMax = bytesMax;
    }

    /// <summary>How many are unanswered.</summary>
    public int Publishes { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes a publish's share, which goes back with <see cref="Give"/>.</summary>
    /// <exception cref="FastChatException">QueueFull.</exception>
    public void Take(int bytes)
    {
        if (Publishes >= _publishesMax || Bytes + bytes > _bytesMax)
        {
            throw new FastChatException(
                FastChatError.QueueFull,
                $"{Publishes} publishes ({Bytes} bytes) are unanswered; the limits are {_publishesMax} and {_bytesMax} bytes.");
        }
        Publishes++;
        Bytes += bytes;
    }

    public void Give(int bytes)
    {
        Publishes--;
        Bytes -= bytes;
    }
}
