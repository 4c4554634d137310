namespace FastChat.Gateway.Sessions;

/// <summary>Why a connection is not read for a while.</summary>
internal enum HoldBackReason : byte
{
    /// <summary>A room that it publishes to is full, because it delivers more slowly than it is published to.</summary>
    Room,
    /// <summary>Too many publishes wait for the log's answer.</summary>
    Publishes,
    /// <summary>Too many bytes of such publishes.</summary>
    Bytes,
    /// <summary>It does not read its answers.</summary>
    Answers,
    /// <summary>It reads neither answers nor publications.</summary>
    Outbox,
}
