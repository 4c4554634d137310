using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.BadInput;

/// <summary>A gateway that logs at Debug and is less patient than by default, so that what takes too long does not take a test too long.</summary>
public sealed class HostileGateway : IAsyncLifetime
{
    private readonly TestCertificate _certificate = new();
    private GatewayProcess? _process;

    /// <summary>Deadlines of seconds.</summary>
    internal static readonly string[] Impatience =
    [
        "--Limits:HandshakeTimeout=2s", "--Limits:FirstMessageTimeout=5s", "--Limits:MessageTimeout=3s", "--Limits:HeartbeatInterval=1s",
        "--Limits:IdleTimeout=6s", "--Limits:OutboxAgeMax=2s", "--Presence:ReconnectGrace=0ms",
    ];

    internal GatewayProcess Process => Assert.IsType<GatewayProcess>(_process);

    internal Uri Address => Process.Address;

    public async ValueTask InitializeAsync() => _process = await GatewayProcess.StartAsync([
        .. _certificate.GatewayOptions, .. Impatience, "--Logging:Level=debug", "--Limits:RoomsPerConnection=3",
        "--Rooms:Policies:0:Match=closing*", "--Rooms:Policies:0:SlowConsumer=close",
        "--Rooms:Policies:1:Match=skipping*", "--Rooms:Policies:1:SlowConsumer=skip",
        "--Rooms:Policies:2:Match=keeping*", "--Rooms:Policies:2:Retention:Messages=100000", "--Rooms:Policies:2:Retention:Bytes=1GB",
    ]);

    public async ValueTask DisposeAsync()
    {
        // No peer can do so much wrong that it becomes the gateway's fault.
        string output = _process?.Output ?? "";
        if (_process is not null) await _process.DisposeAsync();
        _certificate.Dispose();
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
    }

    /// <summary>Hangs up; then the log must have one line about the connection, with the reason.</summary>
    internal async Task LoggedAsync(WireConnection connection, string reason)
    {
        await connection.DisposeAsync();
        await Process.OnlyLineAboutAsync(connection.LocalName, reason);
    }
}
