using System.Globalization;
using System.Text.Json;
using FastChat.Codec.Messages;
using Microsoft.AspNetCore.WebUtilities;

namespace FastChat.Gateway.Rest;

/// <summary>The body of every refused HTTP request (RFC 9457).</summary>
/// <param name="Type">What kind of problem; <c>about:blank</c>: the status says it.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was wrong with this request, for people.</param>
/// <param name="Code">What was wrong, for programs.</param>
/// <param name="Member">The member of the request's body that was wrong; null when it was something else.</param>
/// <param name="RetryAfterMs">When to try again; null when that is not known.</param>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string Code, string? Member, long? RetryAfterMs)
{
    /// <summary>Answers with a problem, instead of whatever was about to be answered.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string detail, string? member = null, TimeSpan retryAfter = default)
    {
        long? retryAfterMs = null;
        if (retryAfter > TimeSpan.Zero)
        {
            retryAfterMs = (long)Math.Ceiling(retryAfter.TotalMilliseconds);
            context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        Problem problem = new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, code, member, retryAfterMs);
        // For who logs and counts refusals, see RequestBoundary.
        context.Features.Set(problem);
        return Reply.WriteAsync(context, status, problem, RestJson.Texts.Problem, "application/problem+json");
    }

    /// <summary>Answers with the problem that the chat's own refusal stands for.</summary>
    public static Task WriteAsync(HttpContext context, ErrorCode error, string detail, string? member = null, TimeSpan retryAfter = default) =>
        WriteAsync(context, StatusOf(error), JsonNamingPolicy.SnakeCaseLower.ConvertName(error.ToString()), detail, member, retryAfter);

    private static int StatusOf(ErrorCode error) => error switch
    {
        ErrorCode.NameTaken or ErrorCode.AnotherUser => StatusCodes.Status409Conflict,
        ErrorCode.UnknownRoom => StatusCodes.Status404NotFound,
        ErrorCode.MessageTooBig => StatusCodes.Status413PayloadTooLarge,
        ErrorCode.RateLimited or ErrorCode.TooManyRooms or ErrorCode.TooManyRoomsMade => StatusCodes.Status429TooManyRequests,
        ErrorCode.Overloaded or ErrorCode.RoomUnavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.Forbidden or ErrorCode.NotJoined or ErrorCode.JoinFirst => StatusCodes.Status403Forbidden,
        ErrorCode.Unauthorized => StatusCodes.Status401Unauthorized,
        ErrorCode.NotAvailable => StatusCodes.Status501NotImplemented,
        ErrorCode.OutcomeUnknown => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status400BadRequest,
    };
}
