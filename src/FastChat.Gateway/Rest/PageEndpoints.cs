using Microsoft.Net.Http.Headers;

namespace FastChat.Gateway.Rest;

/// <summary>Serves the page and the client script.</summary>
internal sealed class PageEndpoints
{
    private const string Page = "chat/index.html";

    /// <summary>Only files of the gateway itself run or are shown, and it talks only to WebSockets: nothing that a user types can become script.</summary>
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
        + "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

    private readonly WebAssets _assets;
    private readonly ApiEndpoint _api;

    public PageEndpoints(WebAssets assets, ApiEndpoint api)
    {
        _assets = assets;
        _api = api;
    }

    /// <summary>The page for who asks for HTML, as browsers do, else what <c>/api</c> says.</summary>
    public Task AnswerRootAsync(HttpContext context)
    {
        context.Response.Headers.Append("Vary", "Accept");
        return PrefersHtml(context.Request) && _assets.Find(Page) is WebAsset page ? SendAsync(context, page) : _api.AnswerAsync(context);
    }

    /// <summary>A file below <c>/chat/</c>; the folder itself is the page.</summary>
    public Task AnswerChatAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (path.Equals("/chat", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect("/chat/" + context.Request.QueryString, permanent: false, preserveMethod: true);
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        }
        return AnswerFileAsync(context, path == "/chat/" ? Page : path[1..]);
    }

    /// <summary>A file below <c>/client/</c>.</summary>
    public Task AnswerClientAsync(HttpContext context) => AnswerFileAsync(context, context.Request.Path.Value![1..]);

    private Task AnswerFileAsync(HttpContext context, string path)
    {
        if (_assets.Find(path) is WebAsset asset) return SendAsync(context, asset);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task SendAsync(HttpContext context, WebAsset asset)
    {
        HttpResponse response = context.Response;
        response.Headers.ETag = asset.ETag;
        // Asked again each time, and answered with 304: a new gateway never runs with an old page's script.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = ContentPolicy;
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (IsKnown(context.Request, asset.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = asset.ContentType;
        response.ContentLength = asset.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(asset.Bytes, context.RequestAborted);
    }

    private static bool IsKnown(HttpRequest request, string etag)
    {
        EntityTagHeaderValue current = new(etag);
        return request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(current, useStrongComparison: false));
    }

    /// <summary>HTML must be named: <c>*/*</c>, which curl and scripts send, gets JSON.</summary>
    private static bool PrefersHtml(HttpRequest request)
    {
        double html = 0, json = 0;
        foreach (MediaTypeHeaderValue type in request.GetTypedHeaders().Accept)
        {
            double quality = type.Quality ?? 1;
            if (type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)) html = Math.Max(html, quality);
            else if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) json = Math.Max(json, quality);
        }
        return html > 0 && html >= json;
    }
}
