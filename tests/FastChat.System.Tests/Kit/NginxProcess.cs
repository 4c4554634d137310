using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FastChat.System.Tests.Kit;

/// <summary>nginx in front of one upstream, keeping its connections to it alive; as any user, with all its files in a folder of its own.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    // Another process may take the port between our letting go of it and nginx's taking it.
    private const int AttemptsMax = 5;

    private readonly TempFolder _folder;
    private readonly ChildProcess _process;

    private NginxProcess(TempFolder folder, ChildProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its WebSocket address, which the upstream answers.</summary>
    public Uri WebSocketAddress => new($"ws://{Address.Authority}/ws");

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<NginxProcess> StartAsync(Uri upstream)
    {
        string program = Tools.Nginx();
        for (int attempt = 1; ; attempt++)
        {
            TempFolder folder = new();
            int port = FreePort();
            File.WriteAllText(folder.File("nginx.conf"), Configuration(folder.Path, port, upstream.Authority));
            ChildProcess process = ChildProcess.Start(program, ["-p", folder.Path, "-c", folder.File("nginx.conf")], folder.Path);
            try
            {
                // Printed after the listening sockets are open.
                await process.WaitForLineAsync(line => line.Contains("event method", StringComparison.Ordinal), Patience.Process, "nginx");
                return new NginxProcess(folder, process, port);
            }
            catch (Exception) when (attempt < AttemptsMax && process.Output.Contains("Address already in use", StringComparison.Ordinal))
            {
                await process.DisposeAsync();
                folder.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // One process, so that it changes no user and its end is one signal. One kept connection, so that a test knows which is used next.
    private static string Configuration(string folder, int port, string upstream)
    {
        string documented = Documented()
            .Replace("127.0.0.1:8000", upstream, StringComparison.Ordinal)
            .Replace("keepalive 16;", "keepalive 1;", StringComparison.Ordinal)
            .Replace("listen 80;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};"), StringComparison.Ordinal);
        return $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr notice;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              {{documented}}
            }
            """;
    }

    // What docs/proxies.md tells people to write, so that it is what the tests run.
    private static string Documented()
    {
        const string Begin = "```nginx\n", End = "```\n";
        string page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "proxies.md"));
        int start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return page[start..page.IndexOf(End, start, StringComparison.Ordinal)];
    }
}
