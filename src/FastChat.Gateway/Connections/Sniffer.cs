using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace FastChat.Gateway.Connections;

/// <summary>
/// Tells by a connection's first bytes what it is: the TCP preface, a WebSocket upgrade that nothing speaks against, or other HTTP,
/// which goes on into Kestrel, bytes unharmed (so do upgrades that are to be refused: Kestrel's endpoint words the refusal).
/// </summary>
internal sealed class Sniffer
{
    private readonly PipeHost _host;
    private readonly Admission _admission;
    private readonly TimeSpan _handshakeTimeout;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    /// <param name="host">Drives what is the gateway's.</param>
    /// <param name="admission">Says who may come in.</param>
    /// <param name="handshakeTimeout">Time for the first bytes and the whole of a head.</param>
    /// <param name="clock">Real time, or a test's.</param>
    /// <param name="logger">Where ends are told, at Debug.</param>
    public Sniffer(PipeHost host, Admission admission, TimeSpan handshakeTimeout, TimeProvider clock, ILogger<Sniffer> logger)
    {
        _host = host;
        _admission = admission;
        _handshakeTimeout = handshakeTimeout;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Serves a connection, to its end.</summary>
    /// <param name="context">TLS and the PROXY protocol are behind it.</param>
    /// <param name="http">Kestrel's HTTP; null on a port for TCP alone.</param>
    public async Task OnConnectedAsync(ConnectionContext context, ConnectionDelegate? http)
    {
        Verdict verdict = context.Features.Get<SniffedFeature>() is null ? await SniffAsync(context, http is not null) : Verdict.OfHttp;
        switch (verdict.Kind)
        {
            case VerdictKind.Gateway:
                // Here and not in a method of its own: its state would live as long as the connection.
                PipeConnection connection = verdict.Connection!;
                await connection.RunAsync();
                _admission.Leave(connection.Session.Peer);
                ConnectionLog.Closed(_logger, context.ConnectionId, context.RemoteEndPoint, CloseReasons.Text(connection.Session.CloseReason));
                break;
            case VerdictKind.Http:
                await http!(context);
                break;
            default:
                ConnectionMetrics.Refused(verdict.Why);
                ConnectionLog.NotBegun(_logger, context.ConnectionId, context.RemoteEndPoint, verdict.Why);
                if (verdict.Answer.Length > 0) await context.Transport.Output.WriteAsync(verdict.Answer);
                break;
        }
    }

    private async Task<Verdict> SniffAsync(ConnectionContext context, bool isHttpToo)
    {
        PipeReader input = context.Transport.Input;
        bool hasBegun = false;
        // Not on a loop's wheel: until it is known what it is, a connection has no loop.
        using CancellationTokenSource deadline = new(_handshakeTimeout, _clock);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(deadline.Token);
                Verdict? verdict = Look(context, read.Buffer, isHttpToo);
                if (verdict is not null) return verdict.Value;
                // Examined to the end: wakes only when there is more, so a head that drips in is not looked at in vain.
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                hasBegun |= !read.Buffer.IsEmpty;
                if (read.IsCompleted) return Verdict.Refused("closed_early", default);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Verdict.Refused("handshake_timeout", hasBegun ? HandshakeAnswers.Timeout : default);
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException)
        {
            return Verdict.Refused("reset", default);
        }
    }

    /// <returns>What it is, with the input advanced past the handshake; null: more bytes are needed.</returns>
    private Verdict? Look(ConnectionContext context, ReadOnlySequence<byte> buffer, bool isHttpToo)
    {
        if (buffer.IsSingleSegment) return Look(context, buffer, buffer.FirstSpan, isHttpToo);

        byte[] whole = ArrayPool<byte>.Shared.Rent((int)buffer.Length);
        try
        {
            buffer.CopyTo(whole);
            return Look(context, buffer, whole.AsSpan(0, (int)buffer.Length), isHttpToo);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private Verdict? Look(ConnectionContext context, ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> bytes, bool isHttpToo)
    {
        switch (FirstBytes.Look(bytes, isHttpToo, out UpgradeRequest request, out int headBytes))
        {
            case FirstBytesKind.Unknown:
                return null;
            case FirstBytesKind.Tcp:
                return TakeTcp(context, buffer);
            case FirstBytesKind.Head when _admission.TryAdmit(request, AddressOf(context), IsProxied(context), out SessionPeer peer):
                using (ByteWriter response = new(256))
                {
                    AgreedForm form = HandshakeAnswers.WriteUpgrade(request, _admission.AllowsDeflate, response);
                    PipeConnection connection = Take(context, form, peer, response.WrittenSpan.ToArray());
                    context.Transport.Input.AdvanceTo(buffer.GetPosition(headBytes));
                    return Verdict.OfGateway(connection);
                }

            default:
                context.Transport.Input.AdvanceTo(buffer.Start, buffer.Start);
                return Verdict.OfHttp;
        }
    }

    private Verdict? TakeTcp(ConnectionContext context, ReadOnlySequence<byte> buffer)
    {
        // The session reads the preface itself, and answers a wrong one with a close message.
        context.Transport.Input.AdvanceTo(buffer.Start, buffer.Start);
        CloseReason refusal = _admission.TryAdmitTcp(AddressOf(context), IsProxied(context), out SessionPeer peer, out int retryAfterMs);
        if (refusal != CloseReason.None) return Verdict.Refused(CloseReasons.Text(refusal), HandshakeAnswers.TcpRefusal(refusal, retryAfterMs));
        return Verdict.OfGateway(Take(context, WireForm.MessagePackTcp, peer, TcpPreface.Frame.ToArray()));
    }

    private PipeConnection Take(ConnectionContext context, AgreedForm form, SessionPeer peer, byte[] greeting)
    {
        Socket? socket = PlainSocketOf(context);
        return _host.Take(context.Transport, socket, form, peer, greeting, socket is null ? context.Abort : null);
    }

    private static IPAddress AddressOf(ConnectionContext context) => (context.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.Loopback;

    private static bool IsProxied(ConnectionContext context) => context.Features.Get<ProxiedFeature>() is not null;

    private static Socket? PlainSocketOf(ConnectionContext context) =>
        context.Features.Get<ITlsHandshakeFeature>() is null ? context.Features.Get<IConnectionSocketFeature>()?.Socket : null;

    private enum VerdictKind
    {
        Refused,
        Gateway,
        Http,
    }

    /// <param name="Kind">What the connection is.</param>
    /// <param name="Connection">When it is the gateway's.</param>
    /// <param name="Why">When it is refused: how that is logged and counted.</param>
    /// <param name="Answer">When it is refused: what it is told, if anything.</param>
    private readonly record struct Verdict(VerdictKind Kind, PipeConnection? Connection, string Why, ReadOnlyMemory<byte> Answer)
    {
        public static readonly Verdict OfHttp = new(VerdictKind.Http, null, "", default);

        public static Verdict OfGateway(PipeConnection connection) => new(VerdictKind.Gateway, connection, "", default);

        public static Verdict Refused(string why, ReadOnlyMemory<byte> answer) => new(VerdictKind.Refused, null, why, answer);
    }
}
