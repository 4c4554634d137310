using System.Net;
using System.Net.Sockets;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Gateway.Hosting;

namespace FastChat.Gateway.Tests.Rest;

public sealed class UpgradeEndpointTests
{
    private const string Upgrade = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Fact]
    public async Task An_upgrade_after_other_requests_on_the_same_connection_becomes_a_chat_connection()
    {
        TaskCompletionSource<AgreedForm> form = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RestHost host = new()
        {
            Run = async (transport, spoken, client, _) =>
            {
                form.SetResult(spoken);
                byte[] four = new byte[4];
                await transport.ReadExactlyAsync(four, TestContext.Current.CancellationToken);
                await transport.WriteAsync(four.Reverse().ToArray(), TestContext.Current.CancellationToken);
            },
        };
        await using RestHost started = await host.StartAsync();
        using RawClient client = await RawClient.ConnectAsync(host.Url);

        await client.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await client.ReadThroughAsync("{\"status\":\"live\"}"), StringComparison.Ordinal);
        // The first bytes behind the head come in the same packet.
        await client.SendAsync(Upgrade + "Sec-WebSocket-Protocol: other, fastchat.msgpack.v1\r\n\r\nabcd");
        string head = await client.ReadThroughAsync("\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Protocol: fastchat.msgpack.v1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\n", head, StringComparison.Ordinal);
        Assert.Equal("dcba", await client.ReadThroughAsync("dcba"));
        Assert.Equal(WireForm.MessagePackWebSocket, await form.Task.WaitAsync(RestHost.Patience, TestContext.Current.CancellationToken));
        await client.ReadToEndAsync();
        Assert.Equal(0, host.Limits.Count);
    }

    [Fact]
    public async Task Without_our_subprotocol_JSON_is_spoken_and_none_is_answered()
    {
        TaskCompletionSource<AgreedForm> form = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RestHost host = new() { Run = (_, spoken, _, _) => { form.SetResult(spoken); return Task.CompletedTask; } };
        await using RestHost started = await host.StartAsync();
        using RawClient client = await RawClient.ConnectAsync(host.Url);

        await client.SendAsync(Upgrade + "\r\n");

        Assert.DoesNotContain("Sec-WebSocket-Protocol", await client.ReadThroughAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(WireForm.JsonWebSocket, await form.Task.WaitAsync(RestHost.Patience, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true, "Sec-WebSocket-Extensions: x\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=11\r\n", WireForm.JsonDeflate, 11, "; server_max_window_bits=11")]
    [InlineData(true, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: fastchat.msgpack.v1\r\n", WireForm.MessagePackDeflate, 0, "")]
    [InlineData(true, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7\r\n", WireForm.JsonWebSocket, 0, null)]
    [InlineData(false, "Sec-WebSocket-Extensions: permessage-deflate\r\n", WireForm.JsonWebSocket, 0, null)]
    public async Task Compression_is_agreed_on_as_in_the_codec(bool allowsDeflate, string headers, WireForm form, byte windowBits, string? answer)
    {
        TaskCompletionSource<AgreedForm> agreed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RestHost host = new() { AllowsDeflate = allowsDeflate, Run = (_, spoken, _, _) => { agreed.SetResult(spoken); return Task.CompletedTask; } };
        await using RestHost started = await host.StartAsync();
        using RawClient client = await RawClient.ConnectAsync(host.Url);

        await client.SendAsync(Upgrade + headers + "\r\n");

        string head = await client.ReadThroughAsync("\r\n\r\n");
        if (answer is null) Assert.DoesNotContain("Extensions", head, StringComparison.Ordinal);
        else Assert.Contains($"\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover{answer}\r\n", head, StringComparison.Ordinal);
        Assert.Equal(new AgreedForm(form, windowBits), await agreed.Task.WaitAsync(RestHost.Patience, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n", "426 Upgrade Required", "upgrade_required")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "426 Upgrade Required", "upgrade_required")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "426 Upgrade Required", "unsupported_websocket_version")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", "400 Bad Request", "bad_websocket_key")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", "400 Bad Request", "bad_websocket_key")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "403 Forbidden", "origin_not_allowed")]
    public async Task An_upgrade_that_cannot_be_is_refused_with_its_reason(string request, string status, string code)
    {
        await using RestHost host = await new RestHost().StartAsync();
        using RawClient client = await RawClient.ConnectAsync(host.Url);

        await client.SendAsync(request);
        string answer = await client.ReadThroughAsync($"\"code\":\"{code}\"");

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer, StringComparison.Ordinal);
        if (status.StartsWith("426", StringComparison.Ordinal)) Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable", "overloaded", 1, false)]
    [InlineData("HTTP/1.1 429 Too Many Requests", "too_many_connections", 1000, false)]
    [InlineData("HTTP/1.1 503 Service Unavailable", "overloaded", 1000, true)]
    public async Task An_upgrade_beyond_the_limits_or_while_draining_is_told_when_to_come_back(string status, string code, int connectionsMax, bool isDraining)
    {
        RestHost host = new() { ConnectionsMax = connectionsMax };
        host.Options.Limits.ApplyToLoopback = true;
        host.Options.Limits.AddressConnections = 1;
        await using RestHost started = await host.StartAsync();
        host.Limits.TryEnter(IPAddress.Loopback, true, out _);
        if (isDraining) host.Health.Phase = GatewayPhase.Draining;
        using RawClient client = await RawClient.ConnectAsync(host.Url);

        await client.SendAsync(Upgrade + "\r\n");
        string answer = await client.ReadThroughAsync($"\"code\":\"{code}\"");

        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 5\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(1, host.Limits.Count);
    }

    /// <summary>A client that writes what a test says and reads until it has seen what it waits for.</summary>
    private sealed class RawClient : IDisposable
    {
        private readonly TcpClient _client = new();
        private readonly CancellationTokenSource _patience = new(RestHost.Patience);
        private string _unread = "";

        public static async Task<RawClient> ConnectAsync(Uri url)
        {
            RawClient client = new();
            await client._client.ConnectAsync(url.Host, url.Port, client._patience.Token);
            return client;
        }

        public ValueTask SendAsync(string text) => _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), _patience.Token);

        public async Task<string> ReadThroughAsync(string ending)
        {
            while (true)
            {
                int end = _unread.IndexOf(ending, StringComparison.Ordinal);
                if (end >= 0)
                {
                    string read = _unread[..(end + ending.Length)];
                    _unread = _unread[read.Length..];
                    return read;
                }
                Assert.True(await FillAsync(), $"ended before {ending}: {_unread}");
            }
        }

        public async Task ReadToEndAsync()
        {
            while (await FillAsync()) { }
        }

        public void Dispose()
        {
            _client.Dispose();
            _patience.Dispose();
        }

        private async Task<bool> FillAsync()
        {
            byte[] buffer = new byte[4096];
            int count = await _client.GetStream().ReadAsync(buffer, _patience.Token);
            _unread += Encoding.Latin1.GetString(buffer, 0, count);
            return count > 0;
        }
    }
}
