namespace FastChat.Gateway.Options;

[OptionSection("Where the gateway listens, and with which certificate.")]
internal sealed class ListenOptions
{
    [Option("Addresses that serve WebSocket, TCP and HTTP alike: `http://` or `https://`, then `localhost`, an IP address or `*` (all interfaces), then the port; 0 lets the system choose one. Several are separated by `;`. Short forms: `--urls`, `ASPNETCORE_URLS`, `PORT`.")]
    public string[] Urls { get; set; } = ["http://localhost:8000"];

    [Option("A second port that speaks only the TCP protocol; 0 lets the system choose one. With a certificate it speaks TLS.", Unit = "port", WhenUnset = "none")]
    [OptionRange(0, 65535)]
    public int? TcpPort { get; set; }

    [Option("Where that second port listens: `localhost`, an IP address or `*`.", WhenUnset = "as the first of `Listen:Urls`")]
    public string? TcpAddress { get; set; }

    [Option("Certificate for `https://` addresses: a PEM file, with the chain behind the certificate, or a PFX file.", WhenUnset = "none")]
    public string? CertificateFile { get; set; }

    [Option("The certificate's private key, a PEM file.", WhenUnset = "in the certificate file")]
    public string? CertificateKeyFile { get; set; }

    [Option("A file that holds the password of the PFX file or of the private key.", WhenUnset = "no password")]
    public string? CertificatePasswordFile { get; set; }

    [Option("What drives the connections. `epoll` is the gateway's own, for Linux and addresses without TLS: an idle connection holds nothing but its session. `pipe` is Kestrel's and runs everywhere; addresses with TLS are always on it. `auto`: `epoll` on Linux, else `pipe`.")]
    public ConnectionHost Host { get; set; } = ConnectionHost.Auto;
}

/// <summary>What drives the connections.</summary>
internal enum ConnectionHost
{
    Auto,
    Epoll,
    Pipe,
}
