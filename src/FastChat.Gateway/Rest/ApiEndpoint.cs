using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Rest;

/// <summary><c>GET /api</c>: what this gateway is, what is on, and where things are.</summary>
internal sealed class ApiEndpoint
{
    private readonly ApiIndex _index;

    public ApiEndpoint(GatewayOptions options) => _index = new ApiIndex(
        "FastChat",
        Banner.Version,
        "embedded",
        ["fastchat.msgpack.v1"],
        new Dictionary<string, bool>
        {
            ["guests"] = options.Auth.Guests,
            ["createOnJoin"] = options.Rooms.CreateOnJoin,
            ["accounts"] = false,
            ["privateRooms"] = false,
            ["search"] = false,
            ["files"] = false,
            ["durableHistory"] = false,
        },
        new Dictionary<string, string>
        {
            ["self"] = "/api",
            ["page"] = "/chat/",
            ["websocket"] = "/ws",
            ["sendMessage"] = "/send_message",
            ["health"] = "/health",
            ["live"] = "/health/live",
            ["ready"] = "/health/ready",
        });

    public Task AnswerAsync(HttpContext context) => Reply.WriteAsync(context, StatusCodes.Status200OK, _index, RestJson.Texts.ApiIndex);
}
