using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FastChat.Gateway.Rest;

/// <summary>Answers with JSON.</summary>
internal static class Reply
{
    /// <summary>Writes the whole answer; to HEAD, its headers alone.</summary>
    public static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type, string contentType = "application/json")
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }
}

/// <summary>What <c>POST /send_message</c> answers.</summary>
internal sealed record SentMessage(string Room, string Epoch, long Offset, string Id);

/// <summary>What <c>/health</c> and <c>/health/ready</c> answer.</summary>
internal sealed record HealthAnswer(string Status, string Version, string Mode, IReadOnlyDictionary<string, HealthPartAnswer> Dependencies);

/// <summary>One of its dependencies.</summary>
internal sealed record HealthPartAnswer(string Status, string Detail);

/// <summary>What <c>/health/live</c> answers.</summary>
internal sealed record LiveAnswer(string Status);

/// <summary>What <c>/api</c> answers.</summary>
internal sealed record ApiIndex(
    string Name, string Version, string Mode, IReadOnlyList<string> Protocols, IReadOnlyDictionary<string, bool> Features, IReadOnlyDictionary<string, string> Links);

/// <summary>How the types above are written; generated, so that no reflection runs for them.</summary>
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SentMessage))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ApiIndex))]
internal sealed partial class RestJson : JsonSerializerContext
{
    /// <summary>Names of people and rooms go out as they are; never embed these answers into a page unescaped.</summary>
    public static RestJson Texts { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
