using System.Text.Json;
using FastChat.Gateway.Hosting;

namespace FastChat.Gateway.Rest;

/// <summary>Tells load balancers and people how the gateway is.</summary>
internal sealed class HealthEndpoints
{
    private readonly HealthState _health;

    public HealthEndpoints(HealthState health) => _health = health;

    /// <summary>200 while traffic may be sent here, else 503; the same body for both.</summary>
    public Task AnswerReadyAsync(HttpContext context)
    {
        bool isReady = _health.IsReady;
        IReadOnlyList<HealthPart> parts = _health.Parts;
        string status =
            !isReady ? (_health.Phase == GatewayPhase.Ready ? "unready" : Name(_health.Phase)) :
            parts.Any(part => part.Status == HealthStatus.Degraded) ? "degraded" : "ready";
        HealthAnswer answer = new(status, Banner.Version, "embedded", parts.ToDictionary(part => part.Name, part => new HealthPartAnswer(Name(part.Status), part.Detail)));
        return Reply.WriteAsync(context, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, answer, RestJson.Texts.HealthAnswer);
    }

    /// <summary>200 as long as the process answers at all.</summary>
    public static Task AnswerLiveAsync(HttpContext context) =>
        Reply.WriteAsync(context, StatusCodes.Status200OK, new LiveAnswer("live"), RestJson.Texts.LiveAnswer);

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
