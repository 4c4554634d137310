using System.Text.Json;

namespace FastChat.Cli.Terminal;

/// <summary>
/// Guest keys, so that <c>send</c> in one terminal and <c>tail</c> in another are the same person: a JSON object of key by
/// <c>user@host:port</c>, readable by its user alone. A convenience: whatever goes wrong with it is as if there were none.
/// </summary>
internal sealed class GuestKeyFile
{
    private readonly string _path;

    public GuestKeyFile(string path) => _path = path;

    /// <summary>In the user's configuration folder.</summary>
    public static GuestKeyFile OfUser() => new(Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "fastchat", "guest-keys.json"));

    /// <summary>The key that was kept last; null when there is none.</summary>
    public string? Find(Uri gateway, string user) => Read().GetValueOrDefault(NameOf(gateway, user));

    /// <summary>Keeps a key.</summary>
    public void Keep(Uri gateway, string user, string key)
    {
        Dictionary<string, string> keys = Read();
        if (keys.GetValueOrDefault(NameOf(gateway, user)) == key) return;
        keys[NameOf(gateway, user)] = key;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            // Another command may write at the same time: each writes a file of its own and puts it in place at once.
            string whole = $"{_path}.{Environment.ProcessId}";
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream file = new(whole, options)) JsonSerializer.Serialize(file, keys);
            File.Move(whole, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not kept: the next command is another guest.
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
