using System.Net;
using System.Net.Sockets;
using System.Text;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>Thousands who come at once, and hundreds who are gone at once.</summary>
public sealed class CrowdTests
{
    private const int StormConnections = 5_000;
    private const int CrowdEach = 200;
    private const int BurstMessages = 300;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_thousand_connections_at_once_are_all_served_while_others_talk_on()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync();
        await using Bystanders bystanders = await Bystanders.JoinAsync(gateway.Address, "hall");
        Socket[] crowd = await Task.WhenAll(Enumerable.Range(0, StormConnections).Select(i => ComeInAsync(gateway.Address, i % 2 == 0 ? Spoken.Tcp : Spoken.Json)))
            .Within(Patience.Process, "all of them to be served");
        await using ChatPeer last = await ChatPeer.JoinedAsync(gateway, "hall", "last", Spoken.MessagePack, WayIn.Plain);
        Assert.Equal(3, await last.CountPresentAsync("hall"));
        foreach (Socket socket in crowd) socket.Dispose();
        await bystanders.WereUndisturbedAsync();
    }

    [Fact]
    public async Task Half_of_the_clients_killed_in_a_burst_disturb_nobody_else()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync("--Presence:ReconnectGrace=0ms");
        await using ChildProcess doomed = ChildProcess.Start(
            Tools.Python(), [Checkout.ClientScript("crowd.py"), gateway.Address.Host, $"{gateway.Address.Port}", $"{CrowdEach}", "hall"], Path.GetTempPath());
        await doomed.WaitForLineAsync(line => line == "joined", Patience.Process, "the crowd to join");
        ChatPeer[] others = await Task.WhenAll(Enumerable.Range(0, CrowdEach).Select(i =>
            ChatPeer.JoinedAsync(gateway, "hall", $"other-{i}", (Spoken)(i % 3), WayIn.Plain)));
        await using ChatPeer author = await ChatPeer.JoinedAsync(gateway, "hall", "author", Spoken.Tcp, WayIn.Plain);
        Assert.Equal(2 * CrowdEach + 1, await author.CountPresentAsync("hall"));

        Task hearing = Task.WhenAll(others.Select(HearsAllAsync));
        for (int i = 1; i <= BurstMessages; i++)
        {
            await author.SayAsync("hall", $"m{i}");
            if (i == BurstMessages / 2) await doomed.KillAsync();
        }
        await HearsAllAsync(author);
        await hearing.Within(Patience.Process, "everybody else to hear everything");
        while (await author.CountPresentAsync("hall") != CrowdEach + 1) await author.NextAsync();
        foreach (ChatPeer other in others) await other.DisposeAsync();
    }

    /// <summary>On the connection it has, in order, each once.</summary>
    private static async Task HearsAllAsync(ChatPeer peer)
    {
        for (int offset = 1; offset <= BurstMessages; offset++)
        {
            Heard heard = await peer.NextAsync("msg");
            Assert.Equal((offset, $"m{offset}"), (heard.Number, heard.Text));
        }
    }

    /// <summary>Connects, and asks for a pong together with the handshake; lean, as there are thousands.</summary>
    private static async Task<Socket> ComeInAsync(Uri address, Spoken form)
    {
        FormBytes bytes = new(form);
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, Stopping);
        await socket.SendAsync((byte[])[.. bytes.Handshake(), .. bytes.Ping()], Stopping);
        byte[] answer = new byte[512];
        int length = 0;
        while (!IsPong(form, answer.AsSpan(0, length)))
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length), Stopping);
            Assert.True(read > 0, $"it was hung up on after {Encoding.Latin1.GetString(answer, 0, length)}");
            length += read;
        }
        return socket;
    }

    private static bool IsPong(Spoken form, ReadOnlySpan<byte> answer) => form == Spoken.Tcp
        ? answer.Length > TcpPeer.Preface.Length + 5 && answer[TcpPeer.Preface.Length + 5] == 8
        : answer.IndexOf("pong"u8) >= 0;
}
