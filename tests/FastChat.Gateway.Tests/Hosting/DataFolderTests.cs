using FastChat.Gateway.Hosting;

namespace FastChat.Gateway.Tests.Hosting;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("fastchat").FullName;

    private string Folder => Path.Combine(_parent, "deep", "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void A_missing_folder_is_made()
    {
        using DataFolder folder = DataFolder.Open(Folder);

        Assert.True(folder.IsWritable);
        Assert.Equal(Folder, folder.FullPath);
        Assert.True(Directory.Exists(Folder));
    }

    [Fact]
    public void A_second_gateway_is_refused_with_the_first_ones_process_id()
    {
        using DataFolder first = DataFolder.Open(Folder);

        StartException refusal = Assert.Throws<StartException>(() => DataFolder.Open(Folder));

        Assert.Equal(StartException.CannotStart, refusal.ExitCode);
        Assert.Contains($"in use by process {Environment.ProcessId};", Assert.Single(refusal.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_is_free_again_when_the_first_gateway_ended()
    {
        DataFolder.Open(Folder).Dispose();

        using DataFolder second = DataFolder.Open(Folder);

        Assert.True(second.IsWritable);
    }

    [Fact]
    public void A_process_id_that_a_killed_gateway_left_means_nothing()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "gateway.pid"), "1\n");
        File.WriteAllText(Path.Combine(Folder, "lock"), "");

        using DataFolder folder = DataFolder.Open(Folder);

        Assert.True(folder.IsWritable);
        Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(folder.PathOf("gateway.pid")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_says_why_and_does_not_stop_the_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux'");

        using DataFolder folder = DataFolder.Open("/proc/fastchat");

        Assert.False(folder.IsWritable);
        Assert.NotEmpty(folder.Fault!);
    }

    [Fact]
    public void A_file_in_the_folders_place_stops_the_start()
    {
        string file = Path.Combine(_parent, "file");
        File.WriteAllText(file, "");

        Assert.Equal(StartException.WrongConfiguration, Assert.Throws<StartException>(() => DataFolder.Open(file)).ExitCode);
    }
}
