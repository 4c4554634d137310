using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace FastChat.Gateway.Rest;

/// <summary>Runs a chat connection on a stream that was an HTTP request before. Ends when the connection does.</summary>
/// <param name="transport">Both ways; everything behind the upgrade's head.</param>
/// <param name="form">What is spoken on it.</param>
/// <param name="client">Who speaks; already counted by <see cref="ConnectionLimits"/>.</param>
/// <param name="context">The request; cut when the connection must go at once.</param>
internal delegate Task RunConnection(Stream transport, AgreedForm form, ForwardedClient client, HttpContext context);

/// <summary>
/// <c>/ws</c> for what did not become a chat connection from its first bytes on: upgrades later on a kept-alive connection, which are
/// served from here, and all that cannot be served, which is told why.
/// </summary>
internal sealed class UpgradeEndpoint
{
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const string MessagePackProtocol = "fastchat.msgpack.v1";
    private static readonly TimeSpan s_unreadyDelay = TimeSpan.FromSeconds(5);

    private readonly TrustedProxies _proxies;
    private readonly ConnectionLimits _limits;
    private readonly HealthState _health;
    private readonly RunConnection _run;
    private readonly bool _allowsDeflate;

    public UpgradeEndpoint(TrustedProxies proxies, ConnectionLimits limits, HealthState health, RunConnection run, bool allowsDeflate)
    {
        _allowsDeflate = allowsDeflate;
        _proxies = proxies;
        _limits = limits;
        _health = health;
        _run = run;
    }

    public async Task AnswerAsync(HttpContext context)
    {
        // 1. Is it a good upgrade? The origin was checked before.
        IHttpUpgradeFeature? upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (Fault(context.Request, upgrade) is (int status, string code, string detail))
        {
            if (status == StatusCodes.Status426UpgradeRequired)
            {
                context.Response.Headers.Upgrade = "websocket";
                // Kestrel closes a connection whose answer has this header without keep-alive, so that is said too.
                context.Response.Headers.Connection = "Upgrade, close";
                context.Response.Headers.SecWebSocketVersion = "13";
            }
            await Problem.WriteAsync(context, status, code, detail);
            return;
        }
        // 2. Is there room?
        if (!_health.IsReady)
        {
            await Problem.WriteAsync(context, ErrorCode.Overloaded, "The gateway takes no connections now.", retryAfter: s_unreadyDelay);
            return;
        }
        ForwardedClient client = RequestClient.Of(context, _proxies);
        ConnectionRefusal refusal = _limits.TryEnter(client.Address, client.IsForwarded, out TimeSpan retryAfter);
        if (refusal != ConnectionRefusal.None)
        {
            await RefuseAsync(context, refusal, retryAfter);
            return;
        }
        // 3. Then it is a chat connection from here on.
        try
        {
            AgreedForm form = Accept(context);
            await using Stream transport = await upgrade!.UpgradeAsync();
            await _run(transport, form, client, context);
        }
        finally
        {
            _limits.Leave(client.Address);
        }
    }

    private static (int Status, string Code, string Detail)? Fault(HttpRequest request, IHttpUpgradeFeature? upgrade)
    {
        if (upgrade is not { IsUpgradableRequest: true } || !HasToken(request.Headers.Upgrade, "websocket"))
            return (StatusCodes.Status426UpgradeRequired, "upgrade_required", "This address speaks WebSocket: send Connection: Upgrade and Upgrade: websocket.");
        if (request.Headers.SecWebSocketVersion.ToString() != "13")
            return (StatusCodes.Status426UpgradeRequired, "unsupported_websocket_version", "Sec-WebSocket-Version must be 13.");
        if (!IsKey(request.Headers.SecWebSocketKey))
            return (StatusCodes.Status400BadRequest, "bad_websocket_key", "Sec-WebSocket-Key must be the base64 text of 16 bytes.");
        return null;
    }

    private static Task RefuseAsync(HttpContext context, ConnectionRefusal refusal, TimeSpan retryAfter) => refusal switch
    {
        ConnectionRefusal.GatewayFull => Problem.WriteAsync(context, ErrorCode.Overloaded, "The gateway is full (Limits:ConnectionsMax).", retryAfter: retryAfter),
        ConnectionRefusal.AddressFull => Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "too_many_connections", "Too many connections from this address (Limits:AddressConnections).", retryAfter: retryAfter),
        ConnectionRefusal.AddressTooFast => Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "too_many_connections", "Connections from this address come too fast (Limits:AddressConnectRate).", retryAfter: retryAfter),
        _ => throw new UnreachableException(),
    };

    /// <summary>Puts the answer's headers (RFC 6455, 4.2.2); Kestrel writes it when the upgrade is taken.</summary>
    private AgreedForm Accept(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        // Meant for pages; on a 101 they are noise.
        headers.Remove("Vary");
        headers.Remove("X-Content-Type-Options");
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
        bool isMessagePack = HasToken(context.Request.Headers.SecWebSocketProtocol, MessagePackProtocol);
        if (isMessagePack) headers.SecWebSocketProtocol = MessagePackProtocol;
        DeflateOffer offer = default;
        bool mayDeflate = _allowsDeflate && TryChooseDeflate(context.Request.Headers.SecWebSocketExtensions, out offer);
        if (mayDeflate) headers.SecWebSocketExtensions = Encoding.ASCII.GetString(offer.Answer);
        return UpgradeResponse.FormOf(isMessagePack, mayDeflate, offer);
    }

    private static bool TryChooseDeflate(StringValues extensions, out DeflateOffer offer)
    {
        offer = default;
        foreach (string? list in extensions)
        {
            if (DeflateOffer.TryChoose(Encoding.Latin1.GetBytes(list ?? ""), out offer)) return true;
        }
        return false;
    }

    private static string AcceptOf(string key)
    {
        // SHA-1 is what the RFC says; it proves that the answer is from a WebSocket server and protects nothing.
#pragma warning disable CA5350
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptGuid)));
#pragma warning restore CA5350
    }

    private static bool IsKey(StringValues key)
    {
        Span<byte> bytes = stackalloc byte[16];
        return key is [{ Length: 24 } text] && Convert.TryFromBase64String(text, bytes, out int length) && length == 16;
    }

    /// <summary>Whether a list header has the token; only protocols are compared with case, and ours has none.</summary>
    private static bool HasToken(StringValues header, string token) => header
        .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
        .Contains(token, StringComparer.OrdinalIgnoreCase);
}
