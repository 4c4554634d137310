using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using FastChat.Codec.Proxies;
using FastChat.Gateway.Security;
using Microsoft.AspNetCore.Connections;

namespace FastChat.Gateway.Connections;

/// <summary>Reads the PROXY header that a trusted proxy may put ahead of a connection, TLS and all, and takes the client's address from it.</summary>
internal sealed class ProxyPreamble
{
    private readonly TrustedProxies _proxies;
    private readonly TimeSpan _handshakeTimeout;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    /// <param name="proxies">Who is believed.</param>
    /// <param name="handshakeTimeout">Time for the header.</param>
    /// <param name="clock">Real time, or a test's.</param>
    /// <param name="logger">Where ends are told, at Debug.</param>
    public ProxyPreamble(TrustedProxies proxies, TimeSpan handshakeTimeout, TimeProvider clock, ILogger<ProxyPreamble> logger)
    {
        _proxies = proxies;
        _handshakeTimeout = handshakeTimeout;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Goes on with the connection behind the header, if it has one.</summary>
    public Task OnConnectedAsync(ConnectionContext context, ConnectionDelegate next) =>
        context.RemoteEndPoint is IPEndPoint peer && _proxies.Contains(peer.Address) ? ReadThenGoOnAsync(context, next) : next(context);

    private async Task ReadThenGoOnAsync(ConnectionContext context, ConnectionDelegate next)
    {
        string? fault = await ReadAsync(context);
        if (fault is null)
        {
            await next(context);
            return;
        }

        ConnectionMetrics.Refused("proxy_header");
        ConnectionLog.NotBegun(_logger, context.ConnectionId, context.RemoteEndPoint, fault);
    }

    /// <returns>What is wrong; null to go on.</returns>
    private async Task<string?> ReadAsync(ConnectionContext context)
    {
        PipeReader input = context.Transport.Input;
        using CancellationTokenSource deadline = new(_handshakeTimeout, _clock);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(deadline.Token);
                OperationStatus status = Take(context, read.Buffer, out SequencePosition consumed);
                bool needsMore = status == OperationStatus.NeedMoreData;
                input.AdvanceTo(consumed, needsMore ? read.Buffer.End : consumed);
                if (!needsMore) return status == OperationStatus.Done ? null : "its PROXY header is malformed";
                // A balancer that looks whether the port is open says nothing at all.
                if (read.IsCompleted && read.Buffer.IsEmpty) return null;
                if (read.IsCompleted) return "it closed within its PROXY header";
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return "its PROXY header was not whole in time";
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException)
        {
            return "it was reset";
        }
    }

    /// <returns>Done, also when there is no header; NeedMoreData; InvalidData.</returns>
    private static OperationStatus Take(ConnectionContext context, ReadOnlySequence<byte> buffer, out SequencePosition consumed)
    {
        consumed = buffer.Start;
        // The longest header fits into what a pipe's segment holds several times over: a copy is rare.
        ReadOnlySpan<byte> first = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        OperationStatus start = ProxyProtocol.CouldBe(first);
        if (start == OperationStatus.InvalidData) return OperationStatus.Done;
        if (start == OperationStatus.NeedMoreData) return start;
        OperationStatus status = ProxyProtocol.TryRead(first, out ProxyHeader header, out int headerBytes);
        if (status != OperationStatus.Done) return status;
        consumed = buffer.GetPosition(headerBytes);
        if (header.Source is null) return status; // LOCAL or UNKNOWN: the proxy speaks for itself.
        context.RemoteEndPoint = header.Source;
        context.Features.Set(new ProxiedFeature());
        return status;
    }
}
