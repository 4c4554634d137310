using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Hosting;

/// <summary>
/// Gathers the options from where operators set them. ASP.NET's configuration is not used: it cannot say which source a wrong value
/// came from, merges lists entry by entry, and reads more of the environment than our page documents.
/// </summary>
internal static partial class ConfigurationSources
{
    private const string FileName = "fastchat.json";
    private const string Prefix = "FASTCHAT_";

    /// <summary>Reads all sources, each over the one before.</summary>
    /// <param name="line">The command line, already read.</param>
    /// <param name="environment">Variables of the process.</param>
    /// <param name="problems">Gets a line for each thing that is wrong.</param>
    public static GatewayOptions Read(CommandLine line, IDictionary environment, List<string> problems)
    {
        // 1. The short form that yields to all else.
        SettingNode settings = new("defaults");
        ReadPort(environment, settings, problems);
        // 2. The file.
        if (ReadFile(line.ConfigFile, problems) is SettingNode file) settings.Overlay(file);
        // 3. The environment, ASP.NET's one variable that we know first.
        string? urls = environment["ASPNETCORE_URLS"] as string;
        if (!string.IsNullOrWhiteSpace(urls)) settings.Set("Listen:Urls", urls, "environment ASPNETCORE_URLS");
        settings.Overlay(ReadEnvironment(environment, problems));
        // 4. The command line.
        settings.Overlay(line.Settings);

        GatewayOptions options = new();
        OptionBinding.Bind(settings, options, problems);
        return options;
    }

    private static void ReadPort(IDictionary environment, SettingNode settings, List<string> problems)
    {
        if (environment["PORT"] is not string { Length: > 0 } text) return;
        bool isPort = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535;
        if (isPort) settings.Set("Listen:Urls", $"http://*:{port}", "environment PORT");
        else problems.Add($"PORT is \"{text}\" (environment); it must be a port, 0 to 65,535");
    }

    private static SettingNode? ReadFile(string? named, List<string> problems)
    {
        string path = named ?? FileName;
        try
        {
            if (named is null && !File.Exists(path)) return null;
            return JsonSettings.Read(File.ReadAllBytes(path), path, problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(named is null
                ? $"{FileName} cannot be read: {failure.Message}"
                : $"the file of --config cannot be read: {failure.Message}");
            return null;
        }
    }

    private static SettingNode ReadEnvironment(IDictionary environment, List<string> problems)
    {
        SettingNode settings = new("environment");
        foreach (DictionaryEntry variable in environment)
        {
            string name = (string)variable.Key;
            // Compose files and charts write an empty value for "not set".
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || variable.Value is not string { Length: > 0 } value || KubernetesServiceLink().IsMatch(name)) continue;
            string key = name[Prefix.Length..];
            if (key.Contains("__", StringComparison.Ordinal))
            {
                settings.Set(key.Replace("__", ":", StringComparison.Ordinal), value, $"environment {name}");
                continue;
            }
            string nearest = OptionCatalog.Nearest(key.Replace('_', ':')).Replace(":", "__", StringComparison.Ordinal);
            problems.Add($"unknown option {name} (environment); did you mean {Prefix}{nearest}?");
        }
        return settings;
    }

    /// <summary>What Kubernetes sets in every pod for services whose names begin with "fastchat".</summary>
    [GeneratedRegex("^FASTCHAT_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_[0-9]+_[A-Z0-9_]+)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex KubernetesServiceLink();
}
