using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.Density;

/// <summary>What a crowd took, the process gives back when the crowd has gone.</summary>
public sealed class MemoryComesBackTests
{
    private const int Connections = 10_000;
    private const int RoomSize = 10;

    // As many connects under way as a listener's queue takes.
    private const int ConnectsAtOnce = 64;

    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task After_a_second_crowd_has_gone_no_more_is_held_than_after_the_first()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        long before = ProcessMemory.ProportionalBytesOf(gateway.ProcessId);
        long crowded = await ComeAndGoAsync(gateway, "first");
        // A third of what the crowd took, so that the measure is not one that nothing has come back to. What the runtime has compiled meanwhile stays.
        long afterFirst = await SettleAsync(gateway, before + ((crowded - before) / 3 * 2));
        await ComeAndGoAsync(gateway, "second");
        await SettleAsync(gateway, (afterFirst / 10 * 11) + (5 << 20));
    }

    /// <returns>What the gateway held with all of them in their rooms.</returns>
    private static async Task<long> ComeAndGoAsync(GatewayProcess gateway, string crowd)
    {
        Socket?[] sockets = new Socket?[Connections];
        try
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = ConnectsAtOnce, CancellationToken = TestContext.Current.CancellationToken };
            await Parallel.ForAsync(0, Connections, options, async (i, cancellation) => sockets[i] = await JoinAsync(gateway.Address, crowd, i, cancellation))
                .Within(Patience.Process, $"{Connections} to join");
            return ProcessMemory.ProportionalBytesOf(gateway.ProcessId);
        }
        finally
        {
            foreach (Socket? socket in sockets) socket?.Dispose();
        }
    }

    private static async Task<Socket> JoinAsync(Uri gateway, string crowd, int index, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(gateway.Host), gateway.Port), cancellation);
        await socket.SendAsync(JoinFrames(string.Create(CultureInfo.InvariantCulture, $"{crowd}-{index}"), string.Create(CultureInfo.InvariantCulture, $"~{crowd}-{index / RoomSize}")), cancellation);
        // The gateway's preface comes first; whatever comes behind it tells that the join is through.
        byte[] answer = new byte[1024];
        int received = 0;
        while (received <= TcpPreface.Frame.Length)
        {
            int count = await socket.ReceiveAsync(answer.AsMemory(received), cancellation);
            Assert.NotEqual(0, count);
            received += count;
        }

        return socket;
    }

    private static byte[] JoinFrames(string user, string room)
    {
        using ByteWriter join = new(256);
        ClientMessageWriter.Write(join, new ClientMessage
        {
            Type = MessageType.Join, User = global::System.Text.Encoding.UTF8.GetBytes(user), Room = global::System.Text.Encoding.UTF8.GetBytes(room), Limit = -1,
        });
        byte[] length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)join.Length);
        return [.. TcpPreface.Frame, .. length, .. join.WrittenSpan];
    }

    /// <summary>Waits until the gateway holds no more than that.</summary>
    /// <returns>What it holds then.</returns>
    private static async Task<long> SettleAsync(GatewayProcess gateway, long bytesMax)
    {
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(250));
        long started = Environment.TickCount64;
        long held;
        while ((held = ProcessMemory.ProportionalBytesOf(gateway.ProcessId)) > bytesMax)
        {
            Assert.True(Environment.TickCount64 - started < s_promised.TotalMilliseconds, $"{held:N0} bytes are held after {s_promised.TotalSeconds:0} s, {bytesMax:N0} at most were expected");
            await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        TestContext.Current.SendDiagnosticMessage($"{held:N0} bytes held after {Environment.TickCount64 - started} ms, at most {bytesMax:N0} expected");
        return held;
    }
}
