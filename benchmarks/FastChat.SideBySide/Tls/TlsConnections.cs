using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastChat.SideBySide.Servers;

namespace FastChat.SideBySide.Tls;

/// <summary>
/// What an idle connection takes with TLS in the process: FastChat's, joined to a room of ten, against a bare Kestrel handler's, which
/// has nothing of a chat. Between them lies what FastChat adds.
/// </summary>
internal static class TlsConnections
{
    private const int FirstWave = 1_000, SecondWave = 2_000, Parallel = 16;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    /// <summary>Measures and prints.</summary>
    public static async Task MeasureAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fastchat-tls");
        try
        {
            string certificate = Path.Combine(folder.FullName, "certificate.pem");
            await File.WriteAllTextAsync(certificate, MakeCertificate());
            long bare = await MeasureAsync("Kestrel, bare", "benchmarks/FastChat.SideBySide", ["bare-tls", certificate], joins: false);
            long gateway = await MeasureAsync(
                "FastChat", "src/FastChat.Gateway",
                ["--urls", "https://127.0.0.1:0", $"--Listen:CertificateFile={certificate}", $"--Data:Folder={folder.FullName}"], joins: true);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"bytes a connection with TLS: bare Kestrel handler {bare:N0}, FastChat {gateway:N0}: {gateway - bare:N0} more"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<long> MeasureAsync(string name, string project, string[] arguments, bool joins)
    {
        using ServerProcess server = ServerProcess.Start(name, project, arguments, core: null, Directory.CreateTempSubdirectory("fastchat-tls"));
        List<SslStream> held = [];
        try
        {
            await ConnectAsync(server.Port, FirstWave, joins, held);
            await Task.Delay(Settling);
            long before = ProcessFigures.PssBytes(server.Id);
            await ConnectAsync(server.Port, SecondWave, joins, held);
            await Task.Delay(Settling);
            return (ProcessFigures.PssBytes(server.Id) - before) / SecondWave;
        }
        finally
        {
            foreach (SslStream stream in held) await stream.DisposeAsync();
        }
    }

    private static async Task ConnectAsync(int port, int count, bool joins, List<SslStream> held)
    {
        int from = held.Count;
        SslStream[] wave = new SslStream[count];
        await System.Threading.Tasks.Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (i, stopping) =>
        {
            wave[i] = await ConnectAsync(port, stopping);
            if (joins) await JoinAsync(wave[i], from + i, stopping);
            else await wave[i].WriteAsync("x"u8.ToArray(), stopping);
            if (i % 500 == 0) await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{from + i:N0} connections"));
        });
        held.AddRange(wave);
    }

    private static async Task<SslStream> ConnectAsync(int port, CancellationToken stopping)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, stopping);
        // The certificate is this run's own.
#pragma warning disable CA5359
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, stopping);
        return stream;
    }

    private static async Task JoinAsync(SslStream stream, int number, CancellationToken stopping)
    {
        string head = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        byte[] join = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$$"""{"type":"join","payload":{"user":"u{{{number:D6}}}","room":"~r{{{number / 10:D5}}}"}}"""));
        byte[] frame = [0x81, (byte)(0x80 | join.Length), 0, 0, 0, 0, .. join];
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. frame], stopping);
        byte[] buffer = new byte[4096];
        int count = 0;
        while (buffer.AsSpan(0, count).IndexOf("\"history\""u8) < 0)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(count), stopping);
            if (read == 0) throw new InvalidOperationException($"FastChat ended the connection: {Encoding.ASCII.GetString(buffer, 0, count)}");
            count += read;
        }
    }

    private static string MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
