namespace FastChat.System.Tests.Kit;

/// <summary>Where things are in the checkout that the tests run in.</summary>
internal static class Checkout
{
    /// <summary>The folder that holds FastChat.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The gateway as built beside these tests, in the same configuration.</summary>
    public static string GatewayDll { get; } = Built("src/FastChat.Gateway", "FastChat.Gateway.dll");

    /// <summary>A file that the build of another project made, in the configuration of these tests.</summary>
    public static string Built(string project, string file)
    {
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, project, "bin", framework.Parent!.Name, framework.Name, file);
    }

    /// <summary>A foreign client's script.</summary>
    public static string ClientScript(string file) => Path.Combine(Root, "tests", "FastChat.System.Tests", "Clients", file);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FastChat.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No FastChat.sln above {AppContext.BaseDirectory}");
    }
}
