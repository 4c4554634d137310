using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Tests.Rest;
using Microsoft.Extensions.Logging;

namespace FastChat.Gateway.Tests.Hosting;

public sealed class GatewayServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fastchat").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_busy_port_is_told_in_one_line_with_its_holder_and_what_to_do()
    {
        using TcpListener busy = new(IPAddress.Loopback, 0);
        busy.Start();
        int port = ((IPEndPoint)busy.LocalEndpoint).Port;
        GatewayOptions options = new() { Listen = { Urls = ["http://127.0.0.1:0", $"http://127.0.0.1:{port}"] }, Logging = { Level = LogLevel.None } };
        GatewayServer server = new(options, null);

        StartException failure = await Assert.ThrowsAsync<StartException>(() => server.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(StartException.CannotStart, failure.ExitCode);
        string holder = OperatingSystem.IsLinux() ? $" by process {Environment.ProcessId} (" : "";
        Assert.StartsWith($"port {port} on 127.0.0.1 is in use{holder}", Assert.Single(failure.Problems), StringComparison.Ordinal);
        Assert.EndsWith("choose another with --urls", failure.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_not_this_machines_is_told()
    {
        GatewayOptions options = new() { Listen = { Urls = ["http://192.0.2.1:8000"] }, Logging = { Level = LogLevel.None } };
        GatewayServer server = new(options, null);

        StartException failure = await Assert.ThrowsAsync<StartException>(() => server.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("192.0.2.1 is no address of this machine", Assert.Single(failure.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pem and key")]
    [InlineData("encrypted key")]
    [InlineData("pfx")]
    public async Task TLS_is_served_from_every_kind_of_certificate_file(string kind)
    {
        RestHost host = new();
        Write(kind, host.Options.Listen);
        host.Options.Listen.Urls = ["https://127.0.0.1:0"];
        host.Certificate = TlsCertificate.Load(host.Options.Listen);
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/health/live");

        Assert.Equal("https", host.Url.Scheme);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("no key")]
    [InlineData("wrong password")]
    [InlineData("no certificate")]
    public void A_certificate_that_cannot_be_used_stops_the_start_in_one_line(string kind)
    {
        ListenOptions options = new();
        Write(kind, options);

        StartException failure = Assert.Throws<StartException>(() => TlsCertificate.Load(options));

        Assert.Equal(StartException.WrongConfiguration, failure.ExitCode);
        Assert.StartsWith("Listen:CertificateFile: ", Assert.Single(failure.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Problems[0]);
    }

    private void Write(string kind, ListenOptions options)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        string path = options.CertificateFile = Path.Combine(_folder, "certificate");
        string keyPath = Path.Combine(_folder, "key"), passwordPath = Path.Combine(_folder, "password");
        File.WriteAllText(passwordPath, kind == "wrong password" ? "guess\n" : "secret\n");
        string pem = certificate.ExportCertificatePem() + "\n";
        string keyPem = key.ExportPkcs8PrivateKeyPem();
        if (kind is "pem") pem += keyPem;
        if (kind is "pem and key" or "encrypted key") options.CertificateKeyFile = keyPath;
        if (kind is "encrypted key" or "pfx" or "wrong password") options.CertificatePasswordFile = passwordPath;
        File.WriteAllText(keyPath, kind == "encrypted key" ? key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption) : keyPem);
        if (kind is "pfx" or "wrong password") File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "secret"));
        else if (kind is "no certificate") File.WriteAllText(path, "hello");
        else if (kind is not "missing") File.WriteAllText(path, pem);
    }
}
