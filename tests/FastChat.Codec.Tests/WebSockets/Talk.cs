using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Feeds a receiver and tells what came of it.</summary>
internal static class Talk
{
    public static readonly ReceiveLimits Ample = new(16 << 20, 70_000);

    /// <summary>Feeds the bytes in pieces that end at the given places and at the end.</summary>
    /// <returns>The sink's events, and last <c>fail REASON</c> when it failed.</returns>
    public static List<string> Hear(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> cuts = default, ReceiveLimits? limits = null, bool expectsMask = true, bool allowsDeflate = false)
    {
        RecordingSink sink = new();
        WebSocketReceiver receiver = new(expectsMask, allowsDeflate);
        ReceiveLimits allowed = limits ?? Ample;
        CloseReason reason = CloseReason.None;
        int start = 0;
        for (int piece = 0; piece <= cuts.Length && reason == CloseReason.None; piece++)
        {
            int end = piece < cuts.Length ? cuts[piece] : bytes.Length;
            // An array of exactly this size: reading beyond it would throw.
            byte[] fed = bytes[start..end].ToArray();
            reason = receiver.Receive(fed, allowed, sink, out int consumedBytes);
            if (!receiver.HasEnded) Assert.Equal(fed.Length, consumedBytes);
            start = end;
        }
        if (reason != CloseReason.None) sink.Events.Add($"fail {reason}");
        receiver.Dispose();
        Assert.Equal(0, receiver.HeldBytes);
        return sink.Events;
    }

    /// <summary>Asserts that the bytes mean the same however they are cut: at once, at every place, in single bytes, and (when short) at every two places.</summary>
    public static void Means(IEnumerable<string> expected, byte[] bytes, ReceiveLimits? limits = null, bool expectsMask = true, bool allowsDeflate = false)
    {
        string[] events = [.. expected];
        Assert.Equal(events, Hear(bytes, [], limits, expectsMask, allowsDeflate));
        Assert.Equal(events, Hear(bytes, [.. Enumerable.Range(1, Math.Max(0, bytes.Length - 1))], limits, expectsMask, allowsDeflate));
        int step = Math.Max(1, bytes.Length / 500); // Every place of all but the long ones.
        for (int cut = 0; cut <= bytes.Length; cut += bytes.Length - cut < 32 || cut < 256 ? 1 : step)
        {
            Assert.Equal(events, Hear(bytes, [cut], limits, expectsMask, allowsDeflate));
        }
        if (bytes.Length > 64) return;
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++) Assert.Equal(events, Hear(bytes, [first, second], limits, expectsMask, allowsDeflate));
        }
    }

    public static void Means(string expected, params byte[][] frames) =>
        Means(expected.Length == 0 ? [] : expected.Split(" | "), Wire.Join(frames));

    /// <summary>The event of a message.</summary>
    public static string Message(bool isText, ReadOnlySpan<byte> payload) => (isText ? "text " : "binary ") + RecordingSink.Show(payload);
}
