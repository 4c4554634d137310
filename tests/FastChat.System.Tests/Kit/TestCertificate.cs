using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastChat.System.Tests.Kit;

/// <summary>A certificate of one test run's own, as files.</summary>
internal sealed class TestCertificate : IDisposable
{
    private const string Name = "CN=localhost";

    private readonly TempFolder _folder = new();

    public TestCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new(Name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder.File("certificate"), certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>What makes a gateway serve plain and TLS, each on a port of its own.</summary>
    public string[] GatewayOptions =>
        ["--Listen:Urls=http://127.0.0.1:0;https://127.0.0.1:0", $"--Listen:CertificateFile={_folder.File("certificate")}"];

    /// <summary>Whether it looks like one of these.</summary>
    public static bool Made(X509Certificate? certificate) => certificate?.Subject == Name;

    public void Dispose() => _folder.Dispose();
}
