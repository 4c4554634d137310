using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Hosting;

/// <summary>The certificate that the gateway shows, with what lies between it and its root.</summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="Chain">Sent with it; without it clients that know only the root refuse.</param>
internal sealed record TlsCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Reads the files that the options name; null when they name none.</summary>
    /// <exception cref="StartException">A file is missing, is no certificate, has no key, or its password is wrong.</exception>
    public static TlsCertificate? Load(ListenOptions options)
    {
        if (options.CertificateFile is not string path) return null;
        try
        {
            string? password = options.CertificatePasswordFile is string file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;
            TlsCertificate loaded = IsPem(path) ? LoadPem(path, options.CertificateKeyFile ?? path, password) : LoadPfx(path, password);
            if (loaded.Certificate.HasPrivateKey) return loaded;
            throw new StartException(StartException.WrongConfiguration, $"Listen:CertificateFile: {path} has no private key; name it with Listen:CertificateKeyFile");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartException(StartException.WrongConfiguration, $"Listen:CertificateFile: {path} cannot be used: {failure.Message}");
        }
    }

    private static bool IsPem(string path) => File.ReadAllBytes(path).AsSpan().IndexOf("-----BEGIN "u8) >= 0;

    private static TlsCertificate LoadPem(string path, string keyPath, string? password)
    {
        X509Certificate2 certificate = password is null
            ? X509Certificate2.CreateFromPemFile(path, keyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);
        X509Certificate2Collection all = [];
        all.ImportFromPemFile(path);
        X509Certificate2Collection chain = [.. all.Skip(1)];
        if (!OperatingSystem.IsWindows()) return new TlsCertificate(certificate, chain);
        // Windows' TLS cannot use a key that lies in memory alone.
        return new TlsCertificate(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null), chain);
    }

    private static TlsCertificate LoadPfx(string path, string? password)
    {
        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        X509Certificate2 certificate = all.FirstOrDefault(candidate => candidate.HasPrivateKey) ?? all[0];
        return new TlsCertificate(certificate, [.. all.Where(candidate => candidate != certificate)]);
    }
}
