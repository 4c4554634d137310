using FastChat.Gateway.Security;

namespace FastChat.Gateway.Rest;

/// <summary>Puts everything that is plain HTTP on the application.</summary>
internal sealed class RestApi
{
    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] s_upgrade = [HttpMethods.Get];
    private static readonly string[] s_write = [HttpMethods.Post];

    private readonly OriginPolicy _origins;
    private readonly TrustedProxies _proxies;
    private readonly ApiEndpoint _api;
    private readonly PageEndpoints _pages;
    private readonly HealthEndpoints _health;
    private readonly SendMessage _sendMessage;
    private readonly UpgradeEndpoint _upgrade;

    public RestApi(
        OriginPolicy origins, TrustedProxies proxies, ApiEndpoint api, PageEndpoints pages, HealthEndpoints health, SendMessage sendMessage, UpgradeEndpoint upgrade)
    {
        _origins = origins;
        _proxies = proxies;
        _api = api;
        _pages = pages;
        _health = health;
        _sendMessage = sendMessage;
        _upgrade = upgrade;
    }

    /// <summary>A request passes the boundary, the origin check, and then one of the routes.</summary>
    public void Map(WebApplication app)
    {
        app.UseMiddleware<RequestBoundary>();
        app.UseMiddleware<OriginCheck>(_origins, _proxies);

        Route(app, "/", s_read, _pages.AnswerRootAsync);
        Route(app, "/chat/{**path}", s_read, _pages.AnswerChatAsync);
        Route(app, "/client/{**path}", s_read, _pages.AnswerClientAsync);
        Route(app, "/api", s_read, _api.AnswerAsync);
        Route(app, "/health", s_read, _health.AnswerReadyAsync);
        Route(app, "/health/ready", s_read, _health.AnswerReadyAsync);
        Route(app, "/health/live", s_read, HealthEndpoints.AnswerLiveAsync);
        Route(app, "/api/health", s_read, _health.AnswerReadyAsync);
        Route(app, "/api/health/ready", s_read, _health.AnswerReadyAsync);
        Route(app, "/api/health/live", s_read, HealthEndpoints.AnswerLiveAsync);
        Route(app, "/send_message", s_write, _sendMessage.AnswerAsync);
        Route(app, "/api/send_message", s_write, _sendMessage.AnswerAsync);
        Route(app, "/ws", s_upgrade, _upgrade.AnswerAsync);
    }

    private static void Route(WebApplication app, string path, string[] methods, RequestDelegate answer) => app.MapMethods(path, methods, answer);
}
