using System.Diagnostics;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.Conformance;

/// <summary>How a case's bytes are cut into writes.</summary>
internal enum Cut
{
    /// <summary>A write for each frame.</summary>
    Frames,
    /// <summary>All in one write.</summary>
    Together,
    /// <summary>All in one write together with the upgrade request.</summary>
    BehindTheRequest,
    /// <summary>At places drawn from the case's number.</summary>
    Anywhere,
    /// <summary>One byte a write.</summary>
    EveryByte,
}

/// <summary>Plays a case against a host and says what is wrong.</summary>
internal static class EchoTalk
{
    // Asked for is a second. A host that waits for the peer to hang up takes five, and a test machine may be busy.
    private static readonly TimeSpan s_endsWithin = TimeSpan.FromSeconds(3);

    /// <returns>What is wrong; null when all was as it must be.</returns>
    public static async Task<string?> PlayAsync(Uri host, EchoCase @case, bool isLate, Cut cut, int seed)
    {
        string name = $"{@case.Name} [{(isLate ? "late" : "first")}, {cut}]";
        try
        {
            await using WireConnection connection = await OpenAsync(host, @case, isLate, cut);
            Task sending = cut == Cut.BehindTheRequest ? Task.CompletedTask : SendAsync(connection, @case, cut, new Random(seed));
            await HearAnswersAsync(connection, @case);
            await HearCloseAsync(connection, @case, sending);
            return null;
        }
        catch (Exception fault) when (fault is Xunit.Sdk.XunitException or IOException or TimeoutException or EndOfStreamException or global::System.Net.Sockets.SocketException)
        {
            return $"{name}: {fault.GetType().Name} {fault.Message}";
        }
    }

    private static async Task<WireConnection> OpenAsync(Uri host, EchoCase @case, bool isLate, Cut cut)
    {
        if (cut != Cut.BehindTheRequest) return await Upgrade.ConnectAsync(host, isLate);
        WireConnection connection = await WireConnection.ConnectAsync(host);
        if (isLate) await Upgrade.AskEarlierAsync(connection);
        await connection.SendAsync((byte[])[.. Upgrade.Request(), .. @case.Sends.SelectMany(send => send)]);
        await Upgrade.ReadAcceptedAsync(connection);
        return connection;
    }

    private static async Task SendAsync(WireConnection connection, EchoCase @case, Cut cut, Random random)
    {
        if (cut == Cut.Frames)
        {
            foreach (byte[] send in @case.Sends) await connection.SendAsync(send);
            return;
        }
        byte[] all = [.. @case.Sends.SelectMany(send => send)];
        for (int at = 0, count; at < all.Length; at += count)
        {
            count = cut switch { Cut.EveryByte => 1, Cut.Together => all.Length, _ => Math.Min(1 + random.Next(1 + (all.Length / 3)), all.Length - at) };
            try
            {
                await connection.SendAsync(all.AsMemory(at, count));
            }
            catch (IOException) when (@case.CloseCode is not null)
            {
                return; // The host need not hear out who broke the rules, or who closed.
            }
        }
    }

    private static async Task HearAnswersAsync(WireConnection connection, EchoCase @case)
    {
        foreach ((int opcode, byte[] payload) in @case.Answers)
        {
            WireFrame? frame = await connection.ReadFrameAsync();
            Assert.True(frame is not null, $"the end came ({connection.End}) in place of opcode {opcode}, {payload.Length} bytes");
            Assert.True(frame.IsFinal);
            Assert.True(opcode == frame.Opcode, $"opcode {frame.Opcode}, code {frame.CloseCode}, in place of {opcode}");
            Assert.True(payload.AsSpan().SequenceEqual(frame.Payload), $"another payload, {frame.Payload.Length} bytes in place of {payload.Length}");
        }
    }

    private static async Task HearCloseAsync(WireConnection connection, EchoCase @case, Task sending)
    {
        if (@case.CloseCode is null) await connection.SendAsync(WireFrame.CloseOf(1000));
        WireFrame? close = await connection.ReadFrameAsync();
        Assert.True(close is not null, $"no close frame: {connection.End}");
        Assert.True(close.Opcode == WireFrame.Close, $"opcode {close.Opcode} in place of the close");
        Assert.True(close.CloseCode == (@case.CloseCode ?? 1000), $"close code {close.CloseCode} in place of {@case.CloseCode ?? 1000}");
        await sending;
        long closed = Stopwatch.GetTimestamp();
        // What a good client does with a close that it did not ask for. The host may have gone by now.
        if (@case.IsFailed) await AnswerCloseAsync(connection, close.CloseCode);
        (WireEnd end, byte[] more) = await connection.ReadToEndAsync();
        Assert.True(more.Length == 0, $"{more.Length} bytes behind the close frame");
        Assert.True(end == WireEnd.Finished, "the connection was reset");
        TimeSpan took = Stopwatch.GetElapsedTime(closed);
        Assert.True(took < s_endsWithin, $"the host took {took.TotalSeconds:0.0} s to hang up");
    }

    private static async Task AnswerCloseAsync(WireConnection connection, int code)
    {
        try
        {
            await connection.SendAsync(WireFrame.CloseOf(code));
        }
        catch (IOException)
        {
        }
    }
}
