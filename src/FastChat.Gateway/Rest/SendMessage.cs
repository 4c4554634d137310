using System.Net.Mime;
using System.Text.Json;
using FastChat.Codec.Messages;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;
using Microsoft.Net.Http.Headers;

namespace FastChat.Gateway.Rest;

/// <summary>Publishes to a room for a request that has no connection.</summary>
/// <param name="room">A valid id.</param>
/// <param name="user">Whom the message is from.</param>
/// <param name="text">Not empty, within <c>Limits:MessageBytesMax</c>.</param>
/// <param name="id">The message id, 1 to 64 bytes.</param>
/// <param name="cancellation">The client went away; the message may be stored nevertheless.</param>
internal delegate ValueTask<SendResult> SendToRoom(string room, PersonName user, string text, string id, CancellationToken cancellation);

/// <summary>How a publish ended.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/>: the log has it.</param>
/// <param name="Epoch">Epoch of <paramref name="Offset"/>.</param>
/// <param name="Offset">Where it stands in the room.</param>
/// <param name="Detail">For people, when refused.</param>
/// <param name="RetryAfter">When refused: when to try again; zero when that is not known.</param>
internal readonly record struct SendResult(ErrorCode Error, string Epoch, long Offset, string Detail = "", TimeSpan RetryAfter = default);

/// <summary><c>POST /send_message</c>: one message into a room from any HTTP client.</summary>
internal sealed class SendMessage
{
    private static readonly JsonDocumentOptions s_format = new() { MaxDepth = MessageLimits.DepthMax };

    private readonly GatewayOptions _options;
    private readonly TrustedProxies _proxies;
    private readonly ConnectionLimits _limits;
    private readonly AddressRates _rates;
    private readonly SendToRoom _send;

    public SendMessage(GatewayOptions options, TrustedProxies proxies, ConnectionLimits limits, SendToRoom send, TimeProvider time)
    {
        _options = options;
        _proxies = proxies;
        _limits = limits;
        _rates = new AddressRates(options.Limits.GuestPublishRate, options.Limits.GuestPublishBurst, time);
        _send = send;
    }

    public async Task AnswerAsync(HttpContext context)
    {
        if (!_options.Auth.Guests)
        {
            await Problem.WriteAsync(context, ErrorCode.Unauthorized, "Guests may not send (Auth:Guests); a token is needed.");
            return;
        }
        if (!IsJson(context.Request.ContentType))
        {
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body must be application/json in UTF-8, and Content-Type must say so.");
            return;
        }
        ForwardedClient client = RequestClient.Of(context, _proxies);
        if (!_limits.IsExempt(client.Address, client.IsForwarded) && !_rates.TryTake(AddressKey.Of(client.Address), out TimeSpan retryAfter))
        {
            await Problem.WriteAsync(context, ErrorCode.RateLimited, "Too many messages from this address (Limits:GuestPublishRate).", retryAfter: retryAfter);
            return;
        }
        if (await ReadAsync(context) is SendOrder order) await SendAsync(context, order);
    }

    private async Task SendAsync(HttpContext context, SendOrder order)
    {
        SendResult result = await _send(order.Room, order.User, order.Text, order.Id, context.RequestAborted);
        if (result.Error == ErrorCode.None)
            await Reply.WriteAsync(context, StatusCodes.Status200OK, new SentMessage(order.Room, result.Epoch, result.Offset, order.Id), RestJson.Texts.SentMessage);
        else
            await Problem.WriteAsync(context, result.Error, result.Detail, retryAfter: result.RetryAfter);
    }

    /// <returns>What is to be sent; null after the request was answered with what is wrong with it.</returns>
    private async Task<SendOrder?> ReadAsync(HttpContext context)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(context.Request.Body, s_format, context.RequestAborted);
        }
        catch (JsonException failure)
        {
            await Problem.WriteAsync(context, ErrorCode.InvalidMessage, $"The body is not JSON, line {failure.LineNumber + 1}.");
            return null;
        }
        using (document)
        {
            JsonElement body = document.RootElement;
            if (body.ValueKind != JsonValueKind.Object)
            {
                await Problem.WriteAsync(context, ErrorCode.InvalidMessage, "The body must be a JSON object.");
                return null;
            }
            SendOrder? order = SendOrder.Parse(body, _options.Limits.MessageBytesMax, out SendFault fault);
            if (order is null) await Problem.WriteAsync(context, fault.Error, fault.Detail, fault.Member);
            return order;
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
