using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Rooms;

public sealed class HistoryTests
{
    private readonly RoomWorld _world = new(new RoomPolicy { HistoryMax = 10, Retention = new RoomRetention(40, 8 * 1024 * 1024, TimeSpan.MaxValue) });

    [Theory]
    [InlineData(0, -1, 41, 50, true)]
    [InlineData(41, -1, 31, 40, true)]
    [InlineData(41, 3, 38, 40, true)]
    [InlineData(21, -1, 11, 20, false)] // The oldest kept is 11.
    [InlineData(15, -1, 11, 14, false)]
    [InlineData(11, -1, 1, 0, false)]
    [InlineData(5, -1, 1, 0, false)]
    [InlineData(1000, 2, 49, 50, true)]
    [InlineData(0, 0, 1, 0, true)]
    public void A_page_is_what_lies_below_an_offset(long before, int limit, long first, long last, bool more)
    {
        TestMember ann = _world.Join("ann");
        for (int i = 1; i <= 50; i++) _world.Publish(ann, $"text {i}");
        _world.Run();
        ann.Listen();
        _world.Room().AnswerHistory(ann, "h"u8, before, limit);
        _world.Run();
        Heard page = Assert.Single(ann.Listen());
        Assert.Equal(("h", 50L, more), (page.Id, page.Offset, page.More));
        Assert.Equal(Enumerable.Range((int)first, (int)(last - first + 1)).Select(static i => ((long)i, $"text {i}")), page.Messages.Select(static message => (message.Offset, message.Text)));
        _world.End();
    }

    [Fact]
    public void A_page_of_large_messages_is_cut_and_says_that_there_is_more()
    {
        TestMember ann = _world.Join("ann");
        for (int i = 1; i <= 8; i++) _world.Publish(ann, new string('x', 60_000));
        _world.Run();
        ann.Listen();
        _world.Room().AnswerHistory(ann, default, 0, -1);
        _world.Run();
        Heard page = Assert.Single(ann.Listen());
        Assert.Equal([5L, 6L, 7L, 8L], page.Messages.Select(static message => message.Offset));
        Assert.True(page.More);
        // One larger than a page comes alone.
        _world.Publish(ann, new string('x', 600_000));
        _world.Run();
        Assert.Equal([9L], _world.Resume(_world.Connect("bob")).Messages.Select(static message => message.Offset));
        _world.End();
    }

    [Fact]
    public void A_room_without_messages_answers_with_none()
    {
        TestMember ann = _world.Join("ann");
        _world.Room().AnswerHistory(ann, default, 0, -1);
        _world.Run();
        Heard page = ann.Listen()[^1];
        Assert.Equal((0L, 0, false), (page.Offset, page.Messages.Count, page.More));
        _world.End();
    }

    [Fact]
    public void What_is_older_than_its_retention_is_gone_after_tidying()
    {
        RoomWorld world = new(new RoomPolicy { Retention = new RoomRetention(1000, 100_000, TimeSpan.FromMinutes(5)) });
        TestMember ann = world.Join("ann");
        for (int i = 0; i < 10; i++)
        {
            world.Publish(ann, $"{i}");
            world.Pass(60_000);
        }

        world.Rooms.Tidy(100);
        TestMember bob = world.Connect("bob");
        Heard history = world.Resume(bob);
        Assert.Equal((10L, false), (history.Offset, history.More));
        Assert.Equal([6L, 7L, 8L, 9L, 10L], history.Messages.Select(static message => message.Offset));
        // The offsets go on, and whoever stood before what is gone is told.
        TestMember carol = world.Connect("carol");
        Assert.False(world.Resume(carol, (RoomWorld.EpochOf(world.Room()), 2)).Recovered);
        world.End();
    }
}
