using System.Text.RegularExpressions;

namespace FastChat.System.Tests.Kit;

/// <summary>The echo host (tests/FastChat.EchoHost) as a process: the gateway's transport and framing with an echo in place of the chat.</summary>
public sealed partial class EchoHostProcess : IAsyncLifetime
{
    private ChildProcess? _process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>What it printed.</summary>
    public string Output => _process?.Output ?? "";

    public async ValueTask InitializeAsync()
    {
        string dll = Checkout.Built("tests/FastChat.EchoHost", "FastChat.EchoHost.dll");
        _process = ChildProcess.Start(Tools.Dotnet, ["exec", dll, "--urls", "http://127.0.0.1:0", .. TestHost.EchoHostOptions], Path.GetTempPath());
        string line = await _process.WaitForLineAsync(line => PrintedAddress().IsMatch(line), Patience.Process, "the echo host's address");
        Address = new Uri(PrintedAddress().Match(line).Value);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }

    [GeneratedRegex(@"http://[^\s/]+:[1-9]\d*")]
    private static partial Regex PrintedAddress();
}
