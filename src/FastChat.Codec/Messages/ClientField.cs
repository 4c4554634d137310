namespace FastChat.Codec.Messages;

/// <summary>The fields of a client's messages, as a set; when several are wrong, the lowest is named.</summary>
[Flags]
internal enum ClientField
{
    None = 0,
    Type = 1 << 0,
    Payload = 1 << 1,
    Id = 1 << 2,
    Room = 1 << 3,
    User = 1 << 4,
    Key = 1 << 5,
    Token = 1 << 6,
    Since = 1 << 7,
    Limit = 1 << 8,
    Text = 1 << 9,
    Data = 1 << 10,
    Kind = 1 << 11,
    Flags = 1 << 12,
    Ephemeral = 1 << 13,
    ExcludeSelf = 1 << 14,
    On = 1 << 15,
    Cursor = 1 << 16,
    Before = 1 << 17,
}
