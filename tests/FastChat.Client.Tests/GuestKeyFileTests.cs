namespace FastChat.Client.Tests;

public sealed class GuestKeyFileTests : IDisposable
{
    private static readonly Uri Gateway = new("ws://localhost:8000/ws");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fastchat-keys-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "sub", "keys.json");

    [Fact]
    public void A_key_is_found_by_person_and_gateway_whatever_the_transport()
    {
        new GuestKeyFile(Path).Keep(Gateway, "alice", "k1");
        new GuestKeyFile(Path).Keep(Gateway, "bob", "k2");
        new GuestKeyFile(Path).Keep(Gateway, "alice", "k3");
        Assert.Equal("k3", new GuestKeyFile(Path).Find(new Uri("tcp://localhost:8000"), "alice"));
        Assert.Equal("k2", new GuestKeyFile(Path).Find(Gateway, "bob"));
        Assert.Null(new GuestKeyFile(Path).Find(new Uri("ws://localhost:8001/ws"), "bob"));
        Assert.Single(Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Fact]
    public void Only_its_user_may_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps the folder to its user");
        new GuestKeyFile(Path).Keep(Gateway, "alice", "k1");
#pragma warning disable CA1416 // Skipped there.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
#pragma warning restore CA1416
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"a\":")]
    [InlineData("null")]
    public void A_damaged_file_is_as_none(string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, content);
        GuestKeyFile keys = new(Path);
        Assert.Null(keys.Find(Gateway, "alice"));
        keys.Keep(Gateway, "alice", "k1");
        Assert.Equal("k1", keys.Find(Gateway, "alice"));
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_kept()
    {
        string file = System.IO.Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");
        GuestKeyFile keys = new(System.IO.Path.Combine(file, "keys.json"));
        keys.Keep(Gateway, "alice", "k1");
        Assert.Null(keys.Find(Gateway, "alice"));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
