using System.Net;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.OnePort;

/// <summary>A gateway with everything in front of it: TLS, a port for TCP alone, a trusted proxy, an allowed origin; two connections an address.</summary>
public sealed class OnePortGateway : IAsyncLifetime
{
    internal const string Origin = "https://app.example.com";
    internal const int AddressConnections = 2;

    internal static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.9");

    private readonly TestCertificate _certificate = new();
    private GatewayProcess? _process;

    internal GatewayProcess Process => Assert.IsType<GatewayProcess>(_process);

    public async ValueTask InitializeAsync() => _process = await GatewayProcess.StartAsync(
        [.. _certificate.GatewayOptions, "--Listen:TcpPort=0", "--Logging:Level=debug", $"--Proxies:Trusted={Proxy}", $"--Origins:Allowed={Origin}",
            $"--Limits:AddressConnections={AddressConnections}"]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _certificate.Dispose();
    }
}
