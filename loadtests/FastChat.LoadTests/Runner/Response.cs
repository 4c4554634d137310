namespace FastChat.LoadTests.Runner;

/// <summary>How a step or an iteration ended.</summary>
internal interface IResponse
{
    /// <summary>What kind of answer it was, as the scenario names it; may be empty.</summary>
    string StatusCode { get; }
    /// <summary>Whether it failed.</summary>
    bool IsError { get; }
    /// <summary>Bytes transferred, as the scenario counts them.</summary>
    long SizeBytes { get; }
    /// <summary>For people.</summary>
    string Message { get; }
    /// <summary>Takes the place of the measured latency when above 0.</summary>
    double CustomLatencyMs { get; }
}

/// <summary>How a step or an iteration ended, with what it brought.</summary>
internal sealed record Response<T>(string StatusCode, bool IsError, long SizeBytes, string Message, double CustomLatencyMs, T? Payload) : IResponse;

/// <summary>Makes responses.</summary>
internal static class Response
{
    /// <summary>Status of a step that threw.</summary>
    public const string UnhandledExceptionCode = "-101";

    private static readonly Response<object> Good = new("", false, 0, "", 0, null);
    private static readonly Response<object> Bad = new("", true, 0, "", 0, null);

    public static Response<object> Ok() => Good;

    public static Response<object> Fail() => Bad;

    public static Response<object> Ok(string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        new(statusCode, false, sizeBytes, message, customLatencyMs, null);

    public static Response<T> Ok<T>(T payload, string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        new(statusCode, false, sizeBytes, message, customLatencyMs, payload);

    public static Response<object> Fail(string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        new(statusCode, true, sizeBytes, message, customLatencyMs, null);

    public static Response<T> Fail<T>(T payload, string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        new(statusCode, true, sizeBytes, message, customLatencyMs, payload);
}
