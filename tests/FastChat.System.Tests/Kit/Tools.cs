using System.Diagnostics;

namespace FastChat.System.Tests.Kit;

/// <summary>Programs that the tests use and that this machine may lack: a test that needs one is skipped with the reason.</summary>
internal static class Tools
{
    private static readonly Lazy<string?> NodePath = new(() => OnPath("node"));
    private static readonly Lazy<string?> PythonPath = new(FindPython);
    private static readonly Lazy<string?> NginxPath = new(() => OnPath("nginx") ?? IfThere("/usr/sbin/nginx"));
    private static readonly Lazy<string?> ChromiumPath = new(FindChromium);

    /// <summary>The .NET host that runs this test.</summary>
    public static string Dotnet { get; } = Path.GetFullPath(
        Path.Combine(global::System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>Node, with the packages of tests/package.json beside it.</summary>
    public static string Node()
    {
        Assert.SkipWhen(NodePath.Value is null, "no node on this machine");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Checkout.Root, "tests", "node_modules", "ws")), "`npm ci` was not run in tests/");
        return NodePath.Value!;
    }

    /// <summary>A python3 that has msgpack and websockets.</summary>
    public static string Python()
    {
        Assert.SkipWhen(PythonPath.Value is null, "no python3 with msgpack and websockets on this machine");
        return PythonPath.Value!;
    }

    /// <summary>nginx.</summary>
    public static string Nginx()
    {
        Assert.SkipWhen(NginxPath.Value is null, "no nginx on this machine");
        return NginxPath.Value!;
    }

    /// <summary>A Chromium that is no snap.</summary>
    public static string Chromium()
    {
        Assert.SkipWhen(ChromiumPath.Value is null, "no chromium on this machine (Ubuntu's snap does not work; CHROMIUM names another)");
        return ChromiumPath.Value!;
    }

    // One that stands first on the PATH (pyenv, conda) may not see the modules that Debian installs for its own.
    private static string? FindPython()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("PYTHON"), OnPath("python3"), IfThere("/usr/bin/python3")];
        return candidates.FirstOrDefault(python => python is not null && Runs(python, "-c", "import msgpack, websockets"));
    }

    private static string? FindChromium()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("CHROMIUM"), IfThere("/usr/bin/chromium"), IfThere("/usr/bin/google-chrome")];
        return candidates.FirstOrDefault(chromium => !string.IsNullOrEmpty(chromium) && Runs(chromium, "--version"));
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience.Process)) return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return false; // It is not there, or is no program.
        }
    }

    private static string? IfThere(string path) => File.Exists(path) ? path : null;

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
