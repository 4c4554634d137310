using System.Net;
using FastChat.Codec.Messages;

namespace FastChat.Gateway.Rest;

/// <summary>Stands around every HTTP request: what fails, or is refused without words, is answered with a problem document.</summary>
internal sealed partial class RequestBoundary
{
    private readonly RequestDelegate _next;
    private readonly ILogger<RequestBoundary> _logger;

    public RequestBoundary(RequestDelegate next, ILogger<RequestBoundary> logger)
    {
        _next = next;
        _logger = logger;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await _next(context);
            await ExplainAsync(context);
        }
        catch (BadHttpRequestException failure)
        {
            // The peer's fault, found by Kestrel while the body was read.
            if (context.Response.HasStarted) return;
            if (failure.StatusCode == StatusCodes.Status413PayloadTooLarge) await Problem.WriteAsync(context, ErrorCode.MessageTooBig, "The body is larger than Limits:RequestBytesMax.");
            else await Problem.WriteAsync(context, failure.StatusCode, "bad_request", failure.Message);
        }
        catch (Exception failure) when (context.RequestAborted.IsCancellationRequested && failure is OperationCanceledException or IOException)
        {
            // The peer went away; there is nobody to answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            // Anything: one request fails, the others go on. When the answer had begun, Kestrel logs it and cuts the connection.
            LogFailed(_logger, context.Request.Method, context.Request.Path, failure);
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal_error", "The gateway failed; this is its fault and is in its log.");
        }
        finally
        {
            if (context.Features.Get<Problem>() is Problem told) Tell(context, told);
        }
    }

    private void Tell(HttpContext context, Problem told)
    {
        RestMetrics.Refused(told.Code);
        LogRefused(_logger, context.Request.Method, context.Request.Path, RequestClient.PeerOf(context.Connection), told.Status, told.Code);
    }

    /// <summary>Routing answers with a bare status when no route fits.</summary>
    private static Task ExplainAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted || response.ContentLength is not null) return Task.CompletedTask;
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.WriteAsync(context, response.StatusCode, "not_found", $"There is nothing at {context.Request.Path}."),
            StatusCodes.Status405MethodNotAllowed => Problem.WriteAsync(context, response.StatusCode, "method_not_allowed", $"{context.Request.Path} takes {response.Headers.Allow}."),
            _ => Task.CompletedTask,
        };
    }

    [LoggerMessage(2001, LogLevel.Debug, "{Method} {Path} from {Peer} refused: {Status}, {Code}.")]
    private static partial void LogRefused(ILogger logger, string method, PathString path, EndPoint? peer, int status, string code);

    [LoggerMessage(2002, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, string method, PathString path, Exception failure);
}
