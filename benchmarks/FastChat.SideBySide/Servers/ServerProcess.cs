using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FastChat.SideBySide.Servers;

/// <summary>A server as a process of its own, on a port from the system, with a data folder of its own.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ServerProcess(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one and waits until it says where it listens.</summary>
    /// <exception cref="InvalidOperationException">It ends, or says nothing for a minute; the message holds its output.</exception>
    public static ServerProcess Start(Contender contender, Cores cores)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fastchat-side-by-side");
        return Start(contender.Name, contender.Project, ["--urls", "http://127.0.0.1:0", $"--Data:Folder={folder.FullName}"], cores.Server, folder);
    }

    /// <summary>Starts any project's program and waits until it says where it listens.</summary>
    /// <param name="name">Of what is measured.</param>
    /// <param name="project">Folder of the project.</param>
    /// <param name="arguments">For the program.</param>
    /// <param name="core">The core it gets; null: any.</param>
    /// <param name="folder">Its current folder, deleted with it.</param>
    public static ServerProcess Start(string name, string project, string[] arguments, int? core, DirectoryInfo folder)
    {
        string[] command = ["dotnet", "exec", DllOf(project), .. arguments];
        if (core is not null) command = ["taskset", "-c", $"{core}", .. command];
        ProcessStartInfo start = new(command[0], command[1..]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the machine sets for other servers must not reach these.
        foreach (string variable in start.Environment.Keys.Where(static variable => Foreign().IsMatch(variable)).ToArray()) start.Environment.Remove(variable);
        Process process = Process.Start(start)!;
        TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> output = [];
        void OnLine(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) port.TrySetException(new InvalidOperationException($"{name} ended:\n{string.Join('\n', output)}"));
            else if (Address().Match(line.Data) is { Success: true } match) port.TrySetResult(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            else if (!port.Task.IsCompleted) output.Add(line.Data);
        }

        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new ServerProcess(process, folder, port.Task.WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult());
        }
        catch
        {
            new ServerProcess(process, folder, 0).Dispose();
            throw;
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>What the build made of a project, in the configuration of this program.</summary>
    private static string DllOf(string project)
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        DirectoryInfo? root = framework;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "FastChat.sln"))) root = root.Parent;
        if (root is null) throw new InvalidOperationException($"No FastChat.sln above {AppContext.BaseDirectory}");
        string dll = Path.Combine(root.FullName, project, "bin", framework.Parent!.Name, framework.Name, $"{Path.GetFileName(project)}.dll");
        return File.Exists(dll) ? dll : throw new FileNotFoundException($"{dll} is not there: build FastChat.sln first.");
    }

    [GeneratedRegex(@"https?://127\.0\.0\.1:([1-9]\d*)")]
    private static partial Regex Address();

    [GeneratedRegex("^(ASPNETCORE_|DOTNET_URLS|DOTNET_ENVIRONMENT|DOTNET_gc|FASTCHAT_|REDIS_|PORT$|HTTP_PORTS$|URLS$)")]
    private static partial Regex Foreign();
}
