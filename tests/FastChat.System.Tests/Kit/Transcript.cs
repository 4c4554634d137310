using System.Text.Json;

namespace FastChat.System.Tests.Kit;

/// <summary>The publications that a client got, read from messages in their JSON shape.</summary>
internal sealed class Transcript
{
    private readonly List<Delivery> _deliveries = [];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<Delivery> Deliveries => _deliveries;

    /// <summary>Whether a publication with this text came.</summary>
    public bool Has(string text) => _deliveries.Any(delivery => delivery.Text == text);

    /// <summary>Keeps what <paramref name="message"/> delivers, if anything.</summary>
    public void Take(JsonElement message)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "msg":
                Add(message.GetProperty("payload"));
                break;
            case "history":
                foreach (JsonElement entry in message.GetProperty("payload").GetProperty("messages").EnumerateArray()) Add(entry);
                break;
            default:
                break;
        }
    }

    private void Add(JsonElement payload)
    {
        if (!payload.TryGetProperty("offset", out JsonElement offset)) return; // The ephemeral lane has no order to compare.
        _deliveries.Add(new Delivery(
            payload.GetProperty("room").GetString()!,
            payload.GetProperty("user").GetString()!,
            payload.TryGetProperty("text", out JsonElement text) ? text.GetString()! : "",
            payload.GetProperty("ts").GetInt64(),
            payload.GetProperty("epoch").GetString()!,
            offset.GetInt64()));
    }
}

/// <summary>One publication as a client got it, without what only its author is told.</summary>
internal sealed record Delivery(string Room, string User, string Text, long TimestampMs, string Epoch, long Offset);
