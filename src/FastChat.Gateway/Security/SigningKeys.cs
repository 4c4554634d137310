using System.Security.Cryptography;
using System.Text;
using FastChat.Gateway.Hosting;

namespace FastChat.Gateway.Security;

/// <summary>The keys that sign what the gateway hands out: the first signs, all are accepted, so that they can be changed with overlap. Thread-safe.</summary>
/// <remarks>Invariant: there is at least one key, each of <see cref="KeyBytes"/> bytes.</remarks>
internal sealed class SigningKeys
{
    public const int KeyBytes = 32;

    /// <summary>Keys in one file; each one more makes refusing a forged key slower.</summary>
    private const int KeyCountMax = 16;

    private readonly byte[][] _keys;

    private SigningKeys(byte[][] keys) => _keys = keys;

    /// <summary>Takes the file that the operator named, else the one in the data folder, made when it is missing, else keys that end with the process.</summary>
    /// <exception cref="StartException">The file named is missing, or a file holds no keys: it is never written over.</exception>
    public static SigningKeys Load(string? namedFile, DataFolder folder)
    {
        if (namedFile is not null) return Read(namedFile, "Auth:SigningKeyFile");
        string path = folder.PathOf("keys");
        if (File.Exists(path)) return Read(path, "Data:Folder");
        byte[] made = RandomNumberGenerator.GetBytes(KeyBytes);
        if (folder.IsWritable) Write(path, made);
        return new SigningKeys([made]);
    }

    /// <summary>Keys that end with the process.</summary>
    public static SigningKeys InMemory() => new([RandomNumberGenerator.GetBytes(KeyBytes)]);

    /// <summary>One key for each of these keys, good for <paramref name="purpose"/> alone, in the same order: what is signed for one purpose says nothing for another.</summary>
    public byte[][] DeriveFor(string purpose) => Array.ConvertAll(_keys, key => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(purpose)));

    private static SigningKeys Read(string path, string option)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartException(StartException.WrongConfiguration, $"{option}: the key file cannot be read: {failure.Message}");
        }
        List<byte[]> keys = [];
        foreach (string line in lines)
        {
            string text = line.Trim();
            if (text.Length == 0 || text.StartsWith('#')) continue;
            byte[] key = new byte[KeyBytes];
            if (!Convert.TryFromBase64String(text, key, out int length) || length != KeyBytes || keys.Count == KeyCountMax)
                throw new StartException(StartException.WrongConfiguration, $"{option}: {path} must hold 1 to {KeyCountMax} lines, each the base64 text of {KeyBytes} bytes");
            keys.Add(key);
        }
        if (keys.Count == 0) throw new StartException(StartException.WrongConfiguration, $"{option}: {path} holds no key");
        return new SigningKeys([.. keys]);
    }

    /// <summary>Writes beside and renames, so that a crash leaves either no file or a whole one.</summary>
    private static void Write(string path, byte[] key)
    {
        string unfinished = path + ".new";
        FileStreamOptions creation = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(unfinished);
        using (FileStream file = new(unfinished, creation))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path);
    }
}
