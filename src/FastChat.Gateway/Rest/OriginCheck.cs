using FastChat.Gateway.Security;
using Microsoft.Extensions.Primitives;

namespace FastChat.Gateway.Rest;

/// <summary>Lets in requests of allowed origins, answers their preflights, and tells browsers so (CORS). Others are answered 403.</summary>
/// <remarks>ASP.NET's own CORS would let a foreign page's request through and only hide the answer from it.</remarks>
internal sealed class OriginCheck
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private const string DefaultHeaders = "Content-Type, Authorization";

    private readonly RequestDelegate _next;
    private readonly OriginPolicy _policy;
    private readonly TrustedProxies _proxies;

    public OriginCheck(RequestDelegate next, OriginPolicy policy, TrustedProxies proxies)
    {
        _next = next;
        _policy = policy;
        _proxies = proxies;
    }

    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        // Kept by caches apart, for those without an Origin too.
        response.Headers.Append("Vary", "Origin");
        string origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return _next(context);
        if (!_policy.IsAllowed(origin, RequestClient.Of(context, _proxies).Host ?? request.Host.Value))
            return Problem.WriteAsync(context, StatusCodes.Status403Forbidden, "origin_not_allowed", OriginPolicy.Refusal(origin));

        response.Headers.AccessControlAllowOrigin = origin;
        StringValues asked = request.Headers.AccessControlRequestMethod;
        bool isPreflight = HttpMethods.IsOptions(request.Method) && asked.Count > 0;
        if (!isPreflight)
        {
            response.Headers.AccessControlExposeHeaders = "Retry-After";
            return _next(context);
        }
        StringValues headers = request.Headers.AccessControlRequestHeaders;
        response.Headers.AccessControlAllowMethods = Methods;
        response.Headers.AccessControlAllowHeaders = headers.Count > 0 ? headers : DefaultHeaders;
        response.Headers.AccessControlMaxAge = "600";
        response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
