using System.Text.Json;

namespace FastChat.Client;

/// <summary>
/// Guest keys between one run of a program and the next, by name and gateway, so that a bot that is started again, or a second program
/// of the same user, is the same person: the gateway holds a guest's name for a while. A JSON object of key by <c>user@host:port</c>,
/// readable by its user alone. A convenience: whatever goes wrong with it is as if there were none. Thread-safe, also between processes.
/// </summary>
public sealed class GuestKeyFile
{
    private readonly string _path;

    /// <param name="path">The file; it and its folder are made when the first key is kept.</param>
    public GuestKeyFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <summary>The file <c>fastchat/guest-keys.json</c> in the user's configuration folder, which the command line uses too.</summary>
    public static GuestKeyFile OfUser() => new(Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "fastchat", "guest-keys.json"));

    /// <summary>The key that was kept last; null when there is none.</summary>
    public string? Find(Uri gateway, string user)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentNullException.ThrowIfNull(user);
        return Read().GetValueOrDefault(NameOf(gateway, user));
    }

    /// <summary>Keeps a key.</summary>
    public void Keep(Uri gateway, string user, string key)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(key);
        Dictionary<string, string> keys = Read();
        if (keys.GetValueOrDefault(NameOf(gateway, user)) == key) return;
        keys[NameOf(gateway, user)] = key;
        try
        {
            if (Path.GetDirectoryName(_path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            // Others may write at the same time: each writes a file of its own and puts it in place at once.
            string whole = $"{_path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream file = new(whole, options)) JsonSerializer.Serialize(file, keys);
            File.Move(whole, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not kept: the next run is another guest.
        }
    }

    private static string NameOf(Uri gateway, string user) => $"{user}@{gateway.Authority}";

    private Dictionary<string, string> Read()
    {
        try
        {
            using FileStream file = File.OpenRead(_path);
            return JsonSerializer.Deserialize<Dictionary<string, string>>(file) ?? [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}
