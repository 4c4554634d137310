using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace FastChat.SideBySide.Tls;

/// <summary>The least that Kestrel can hold a TLS connection with: <c>UseHttps</c>, and a handler that reads and throws away.</summary>
internal static class BareTlsServer
{
    /// <summary>Runs until it is killed; prints its address first.</summary>
    public static async Task RunAsync(string certificateFile)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(certificateFile);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(certificate);
            listen.Run(ReadOnAsync);
        }));
        await using WebApplication app = builder.Build();
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await app.WaitForShutdownAsync();
    }

    private static async Task ReadOnAsync(ConnectionContext connection)
    {
        while (true)
        {
            ReadResult read = await connection.Transport.Input.ReadAsync();
            if (read.IsCompleted) return;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }
}
