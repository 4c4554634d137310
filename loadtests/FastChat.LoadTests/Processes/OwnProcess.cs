using System.Diagnostics;

namespace FastChat.LoadTests.Processes;

/// <summary>Starts this program, or another one of .NET, once more.</summary>
internal static class OwnProcess
{
    /// <summary>The <c>dotnet</c> that runs this program, else the one on the PATH.</summary>
    public static string Dotnet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root && File.Exists(Path.Combine(root, "dotnet")) ? Path.Combine(root, "dotnet")
        : "dotnet";

    /// <summary>How to start an assembly, with its input and output in our hands.</summary>
    public static ProcessStartInfo Of(string assembly, IEnumerable<string> arguments) =>
        new(Dotnet, ["exec", assembly, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };

    /// <summary>Ends a process if it has not ended.</summary>
    public static void End(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }
        process.Dispose();
    }
}
