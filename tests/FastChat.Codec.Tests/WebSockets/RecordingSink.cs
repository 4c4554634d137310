using System.Text;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Writes down what a receiver tells, one line each, so that transcripts can be compared.</summary>
internal sealed class RecordingSink : IMessageSink
{
    public List<string> Events { get; } = [];

    public List<byte[]> Messages { get; } = [];

    /// <summary>Says what OnMessage answers; null: go on.</summary>
    public Func<bool>? Answer { get; set; }

    public bool OnMessage(bool isText, Span<byte> payload)
    {
        Events.Add((isText ? "text " : "binary ") + Show(payload));
        Messages.Add(payload.ToArray());
        payload.Fill(0xEE); // It is ours to write on; nothing that comes later may see it.
        return Answer?.Invoke() ?? true;
    }

    public void OnPing(ReadOnlySpan<byte> payload) => Events.Add("ping " + Show(payload));

    public void OnPong(ReadOnlySpan<byte> payload) => Events.Add("pong " + Show(payload));

    public void OnClose(ushort code, ReadOnlySpan<byte> reason) => Events.Add($"close {code} {Encoding.UTF8.GetString(reason)}".TrimEnd());

    /// <summary>Short payloads in hexadecimal, long ones as length and hash.</summary>
    public static string Show(ReadOnlySpan<byte> payload) =>
        payload.Length <= 32
            ? Convert.ToHexString(payload)
            : $"{payload.Length} bytes {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(payload))[..16]}";
}
