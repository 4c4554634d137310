using System.Text;
using FastChat.Fanout.Log;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Tests.Log;

public sealed class DedupeWindowTests
{
    private static readonly PersonId Ann = new(1), Bob = new(2);
    private readonly DedupeWindow _window = new();

    [Fact]
    public void An_id_is_found_with_its_offset_for_its_author_alone()
    {
        _window.Add(Ann, "a"u8, 7, 0);
        Assert.Equal(7, _window.Find(Ann, "a"u8));
        Assert.Equal(0, _window.Find(Bob, "a"u8));
        Assert.Equal(0, _window.Find(Ann, "b"u8));
    }

    [Fact]
    public void Ids_that_are_alike_are_told_apart()
    {
        List<string> ids = [];
        for (int length = 1; length <= 64; length++)
        {
            ids.Add(new string('\0', length));
            ids.Add(new string('a', length));
            ids.Add(new string('a', length - 1) + "b");
            if (length > 1) ids.Add("b" + new string('a', length - 1));
            if (length > 8) ids.Add(new string('a', length - 8) + "baaaaaaa");
        }

        for (int i = 0; i < 20_000; i++) ids.Add("m" + i);
        ids = [.. ids.Distinct()];
        for (int i = 0; i < ids.Count; i++) _window.Add(Ann, Encoding.ASCII.GetBytes(ids[i]), i + 1, 0);
        Assert.Equal(ids.Count, _window.Count);
        for (int i = 0; i < ids.Count; i++) Assert.Equal(i + 1, _window.Find(Ann, Encoding.ASCII.GetBytes(ids[i])));
    }

    [Fact]
    public void What_was_added_before_a_time_is_forgotten_and_may_come_again()
    {
        for (int i = 1; i <= 10; i++) _window.Add(Ann, [(byte)i], i, i * 100);
        _window.ForgetBefore(600);
        Assert.Equal(5, _window.Count);
        Assert.Equal(0, _window.Find(Ann, [5]));
        Assert.Equal(6, _window.Find(Ann, [6]));
        _window.Add(Ann, [5], 11, 1100);
        _window.ForgetBefore(1100);
        Assert.Equal(11, _window.Find(Ann, [5]));
        Assert.Equal(1, _window.Count);
    }
}
