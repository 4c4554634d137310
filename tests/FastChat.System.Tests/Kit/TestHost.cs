namespace FastChat.System.Tests.Kit;

/// <summary>What drives the connections of the gateways in this run of the suite: <c>./test</c> runs it once for each host.</summary>
internal static class TestHost
{
    /// <summary><c>epoll</c> or <c>pipe</c>; null for the gateway's own choice.</summary>
    public static string? Name { get; } = Environment.GetEnvironmentVariable("FASTCHAT_TEST_HOST") is { Length: > 0 } name ? name : null;

    /// <summary>What to add to a gateway's command line.</summary>
    public static string[] GatewayOptions { get; } = Name is null ? [] : [$"--Listen:Host={Name}"];

    /// <summary>What to add to the echo host's command line.</summary>
    public static string[] EchoHostOptions { get; } = Name is null ? [] : ["--host", Name];
}
