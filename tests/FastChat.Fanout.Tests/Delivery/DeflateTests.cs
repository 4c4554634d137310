using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;

namespace FastChat.Fanout.Tests.Delivery;

/// <summary>Which messages are compressed, for whom, and how often.</summary>
public sealed class DeflateTests
{
    private const byte TextFrame = 0x81, BinaryFrame = 0x82, DeflatedText = 0xC1, DeflatedBinary = 0xC2;
    private static readonly string Long = string.Concat(Enumerable.Range(0, 100).Select(static i => $"{i} bottles of beer on the wall, "));

    private readonly RoomWorld _world = new(new RoomPolicy { DeflateBytesMin = 200 });

    [Fact]
    public void Members_that_agreed_share_one_compressed_message_and_the_others_get_it_plain()
    {
        TestMember author = _world.Join("author");
        TestMember plain = _world.Join("plain", form: WireForm.JsonWebSocket);
        TestMember[] json = [.. Enumerable.Range(0, 3).Select(i => _world.Join($"j{i}", loop: i % 2, form: WireForm.JsonDeflate))];
        TestMember[] packed = [.. Enumerable.Range(0, 3).Select(i => _world.Join($"p{i}", loop: i % 2, form: WireForm.MessagePackDeflate))];
        Quiet([author, plain, .. json, .. packed]);

        _world.Publish(author, Long);
        _world.Run();

        Assert.Equal(TextFrame, plain.Bytes()[0]);
        Assert.Equal(DeflatedText, json[0].Bytes()[0]);
        Assert.Equal(DeflatedBinary, packed[0].Bytes()[0]);
        Assert.All(json, member => Assert.Equal(json[0].Bytes(), member.Bytes()));
        Assert.All(packed, member => Assert.Equal(packed[0].Bytes(), member.Bytes()));
        Assert.InRange(json[0].Bytes().Length, 10, plain.Bytes().Length / 3);
        foreach (TestMember member in (TestMember[])[author, plain, .. json, .. packed])
            Assert.Equal(Long, Assert.Single(member.Listen(), static heard => heard.Type == MessageType.Msg).Text);
        _world.End();
    }

    [Fact]
    public void Short_messages_stay_plain_beside_compressed_ones_in_one_send()
    {
        TestMember author = _world.Join("author");
        TestMember member = _world.Join("member", form: WireForm.JsonDeflate);
        Quiet([author, member]);

        foreach (string text in new[] { "short", Long, "short again" }) _world.Publish(author, text);
        _world.Run();

        Assert.Equal(1, member.SendCount);
        Assert.Equal([TextFrame, DeflatedText, TextFrame], FirstBytes(member.Bytes()));
        Assert.Equal(["short", Long, "short again"], member.Listen().Select(static heard => heard.Text));
        _world.End();
    }

    [Fact]
    public void What_does_not_compress_and_what_the_policy_leaves_out_stays_plain()
    {
        TestMember author = _world.Join("author");
        TestMember member = _world.Join("member", form: WireForm.MessagePackDeflate);
        Quiet([author, member]);
        byte[] noise = new byte[300];
        new Random(5).NextBytes(noise);
        PublishData(author, noise);
        _world.Run();
        Assert.Equal([BinaryFrame], FirstBytes(member.Bytes()));

        RoomWorld off = new(new RoomPolicy { DeflateBytesMin = int.MaxValue });
        TestMember offAuthor = off.Join("author");
        TestMember offMember = off.Join("member", form: WireForm.MessagePackDeflate);
        off.Run();
        offMember.Forget();
        off.Publish(offAuthor, Long);
        off.Run();
        Assert.Equal([BinaryFrame], FirstBytes(offMember.Bytes()));
        _world.End();
        off.End();
    }

    [Fact]
    public void The_author_who_is_told_the_id_gets_it_plain()
    {
        TestMember author = _world.Join("author", form: WireForm.JsonDeflate);
        TestMember member = _world.Join("member", form: WireForm.JsonDeflate);
        Quiet([author, member]);

        _world.Publish(author, Long, id: "m1");
        _world.Run();

        Assert.Equal([TextFrame, TextFrame], FirstBytes(author.Bytes())); // The ack, and its own copy.
        Assert.Equal([DeflatedText], FirstBytes(member.Bytes()));
        Assert.Equal("m1", Assert.Single(author.Listen(), static heard => heard.Type == MessageType.Msg).Id);
        _world.End();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_asked_for_a_small_window_gets_what_fits_into_it_compressed_and_larger_messages_plain(bool hasPlainMember)
    {
        TestMember author = _world.Join("author");
        TestMember small = _world.Join("small", form: WireForm.JsonDeflate, windowBits: 9);
        TestMember large = _world.Join("large", form: WireForm.JsonDeflate, windowBits: 15);
        TestMember[] others = hasPlainMember ? [_world.Join("plain", form: WireForm.JsonWebSocket)] : [];
        Quiet([author, small, large, .. others]);

        _world.Publish(author, Long[..300]);
        _world.Run();
        Assert.Equal(large.Bytes(), small.Bytes());
        Assert.Equal([DeflatedText], FirstBytes(small.Bytes()));
        Quiet([author, small, large, .. others]);

        _world.Publish(author, Long);
        _world.Run();
        Assert.Equal([DeflatedText], FirstBytes(large.Bytes()));
        Assert.Equal([TextFrame], FirstBytes(small.Bytes()));
        Assert.Equal(Long, Assert.Single(small.Listen()).Text);
        Assert.Equal(0, small.FindMembership("r"u8)!.Room.Head - small.FindMembership("r"u8)!.Position);
        _world.End();
    }

    [Fact]
    public void History_and_pages_of_who_is_behind_are_compressed()
    {
        TestMember author = _world.Join("author");
        for (int i = 0; i < 40; i++) _world.Publish(author, $"{i} {Long}");
        _world.Run();
        string epoch = RoomWorld.EpochOf(_world.Room());

        TestMember fresh = _world.Join("fresh", form: WireForm.JsonDeflate);
        _world.Run();
        Assert.Equal(DeflatedText, fresh.Bytes()[0]);
        Assert.Equal(40, fresh.Listen()[0].Messages.Count);

        TestMember behind = _world.Connect("behind", form: WireForm.MessagePackDeflate);
        _world.Enter(behind, since: (epoch, 0), limit: 0);
        _world.Run();
        Assert.Equal(40, FirstBytes(behind.Bytes()).Count(static first => first == DeflatedBinary));
        Assert.Equal(Enumerable.Range(1, 40).Select(static i => (long)i), behind.Listen().Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset));

        TestMember narrow = _world.Join("narrow", form: WireForm.JsonDeflate, windowBits: 12);
        _world.Run();
        Assert.Equal(TextFrame, narrow.Bytes()[0]);
        Assert.Equal(40, narrow.Listen()[0].Messages.Count);
        _world.End();
    }

    [Theory]
    [InlineData(WireForm.JsonDeflate)]
    [InlineData(WireForm.MessagePackDeflate)]
    public void A_guest_key_is_never_compressed_and_changes_nothing_of_what_is(WireForm form)
    {
        const string Key = "AW3eKeyKeyKeyKeyKeyKeyKeyKeyKeyKeyKeyKeyKeyKeyKeyKey0";
        TestMember author = _world.Join("author");
        // What an attacker writes to see whether the answer becomes shorter.
        for (int i = 0; i < 5; i++) _world.Publish(author, $"{Key[..(10 + i)]} {Long}");
        _world.Run();

        HashSet<int> lengths = [];
        foreach (string key in new[] { Key, new string('x', Key.Length), string.Concat(Key.Reverse()) })
        {
            TestMember guest = _world.Connect("guest", form: form);
            _world.Enter(guest, key: key);
            _world.Run();
            Assert.True(guest.Bytes().AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)) > 0);
            Assert.Contains(guest.Bytes()[0], (byte[])[DeflatedText, DeflatedBinary]);
            lengths.Add(guest.Bytes().Length);
            Assert.Equal(key, guest.Listen()[0].Key);
            guest.Leave("r");
        }

        Assert.Single(lengths);
        _world.End();
    }

    private static void PublishData(TestMember member, byte[] noise)
    {
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = member, Author = member.Person, AwaitsAnswer = true };
        byte[] data = [0xC5, (byte)(noise.Length >> 8), (byte)noise.Length, .. noise]; // bin 16
        Publication publication = new() { User = member.Person!.Name, Data = data };
        Assert.True(member.FindMembership("r"u8)!.Room.TryPublish(member.Loop, entry, publication));
    }

    private void Quiet(params TestMember[] members)
    {
        _world.Run();
        _world.Pass(500); // Notices.
        foreach (TestMember member in members) member.Listen();
        foreach (TestMember member in members) member.ForgetSends();
    }

    /// <summary>The first byte of each frame.</summary>
    private static List<byte> FirstBytes(ReadOnlySpan<byte> bytes)
    {
        List<byte> first = [];
        while (!bytes.IsEmpty)
        {
            first.Add(bytes[0]);
            int length = bytes[1] switch { 126 => 4 + (bytes[2] << 8) + bytes[3], 127 => 10 + (bytes[6] << 24) + (bytes[7] << 16) + (bytes[8] << 8) + bytes[9], byte small => 2 + small };
            bytes = bytes[length..];
        }

        return first;
    }
}
