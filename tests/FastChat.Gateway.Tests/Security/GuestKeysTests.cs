using System.Text;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Tests.Security;

public sealed class GuestKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fastchat").FullName;

    private string KeyFile => Path.Combine(_folder, "signing");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_key_names_its_person_and_is_good_for_one_name()
    {
        GuestKeys keys = new(SigningKeys.InMemory());
        UInt128 person = GuestKeys.NewPerson();
        byte[] key = Encoding.ASCII.GetBytes(keys.Issue("alice", person));

        Assert.Equal(GuestKeys.TextBytes, key.Length);
        Assert.True(keys.TryVerify(key, "alice", out UInt128 found));
        Assert.Equal(person, found);
        Assert.False(keys.TryVerify(key, "bob", out _));
        Assert.False(keys.TryVerify(key, "", out _));
    }

    [Fact]
    public void A_key_with_any_character_changed_cut_or_added_is_refused()
    {
        GuestKeys keys = new(SigningKeys.InMemory());
        byte[] key = Encoding.ASCII.GetBytes(keys.Issue("alice", GuestKeys.NewPerson()));
        for (int i = 0; i < key.Length; i++)
        {
            byte[] changed = [.. key];
            changed[i] = changed[i] == (byte)'A' ? (byte)'B' : (byte)'A';
            Assert.False(keys.TryVerify(changed, "alice", out _));
            Assert.False(keys.TryVerify(key.AsSpan(0, i), "alice", out _));
            changed[i] = (byte)' ';
            Assert.False(keys.TryVerify(changed, "alice", out _));
        }
        Assert.False(keys.TryVerify([.. key, (byte)'='], "alice", out _));
    }

    [Fact]
    public void Another_gateways_key_is_refused()
    {
        byte[] key = Encoding.ASCII.GetBytes(new GuestKeys(SigningKeys.InMemory()).Issue("alice", 1));

        Assert.False(new GuestKeys(SigningKeys.InMemory()).TryVerify(key, "alice", out _));
    }

    [Fact]
    public void The_longest_folded_name_is_signed()
    {
        GuestKeys keys = new(SigningKeys.InMemory());
        string name = new('\uFDFA', 64);
        Assert.True(PersonName.TryParse(Encoding.UTF8.GetBytes(name), out PersonName? parsed, out _));

        Assert.True(keys.TryVerify(Encoding.ASCII.GetBytes(keys.Issue(parsed!.Folded, 1)), parsed.Folded, out _));
    }

    [Fact]
    public void Keys_are_made_once_for_their_owner_alone_and_kept_over_a_restart()
    {
        string issued;
        using (DataFolder folder = DataFolder.Open(_folder))
        {
            issued = new GuestKeys(SigningKeys.Load(null, folder)).Issue("alice", 1);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf("keys")));
        }
        using DataFolder again = DataFolder.Open(_folder);

        Assert.True(new GuestKeys(SigningKeys.Load(null, again)).TryVerify(Encoding.ASCII.GetBytes(issued), "alice", out _));
    }

    [Fact]
    public void A_new_key_signs_while_the_old_one_is_accepted()
    {
        using DataFolder folder = DataFolder.Open(_folder);
        string oldLine = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
        string newLine = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());
        GuestKeys Load(params string[] lines)
        {
            File.WriteAllLines(KeyFile, lines);
            return new GuestKeys(SigningKeys.Load(KeyFile, folder));
        }

        byte[] before = Encoding.ASCII.GetBytes(Load(oldLine).Issue("alice", 1));
        GuestKeys during = Load("# rotated", newLine, "", $"  {oldLine}");
        byte[] after = Encoding.ASCII.GetBytes(during.Issue("alice", 1));

        Assert.True(during.TryVerify(before, "alice", out _));
        Assert.True(Load(newLine).TryVerify(after, "alice", out _));
        Assert.False(Load(newLine).TryVerify(before, "alice", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but this")]
    [InlineData("short")]
    [InlineData("AAAA")]
    public void A_wrong_key_file_stops_the_start_and_is_not_touched(string content)
    {
        using DataFolder folder = DataFolder.Open(_folder);
        File.WriteAllText(KeyFile, content);
        File.WriteAllText(folder.PathOf("keys"), content);

        Assert.StartsWith("Auth:SigningKeyFile", Assert.Single(Assert.Throws<StartException>(() => SigningKeys.Load(KeyFile, folder)).Problems), StringComparison.Ordinal);
        Assert.StartsWith("Data:Folder", Assert.Single(Assert.Throws<StartException>(() => SigningKeys.Load(null, folder)).Problems), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(folder.PathOf("keys")));
    }

    [Fact]
    public void A_missing_key_file_stops_the_start()
    {
        using DataFolder folder = DataFolder.Open(_folder);

        Assert.Throws<StartException>(() => SigningKeys.Load(Path.Combine(_folder, "nowhere"), folder));
    }

    [Fact]
    public void Without_a_folder_to_write_keys_end_with_the_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux'");
        using DataFolder folder = DataFolder.Open("/proc/fastchat");

        GuestKeys keys = new(SigningKeys.Load(null, folder));

        Assert.True(keys.TryVerify(Encoding.ASCII.GetBytes(keys.Issue("alice", 1)), "alice", out _));
    }
}
