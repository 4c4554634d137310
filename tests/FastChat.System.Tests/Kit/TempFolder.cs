namespace FastChat.System.Tests.Kit;

/// <summary>A folder of a test's own, outside the checkout, gone when disposed.</summary>
internal sealed class TempFolder : IDisposable
{
    /// <summary>Its full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("fastchat-test-").FullName;

    /// <summary>The full path of something in it.</summary>
    public string File(string name) => global::System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed may still be writing its last file; the system empties its temporary folder.
        }
    }
}
