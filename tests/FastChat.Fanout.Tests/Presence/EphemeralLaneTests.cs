using FastChat.Codec.Messages;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Presence;

public sealed class EphemeralLaneTests
{
    private readonly RoomWorld _world = new(loopCount: 3);
    private readonly TestMember _ann, _bob, _eve;

    public EphemeralLaneTests()
    {
        _ann = _world.Join("ann", loop: 0);
        _bob = _world.Join("bob", loop: 1);
        _eve = _world.Join("eve", loop: 2, form: WireForm.JsonWebSocket);
        _world.Pass(1000);
        foreach (TestMember member in new[] { _ann, _bob, _eve }) member.Listen();
    }

    [Fact]
    public void The_first_goes_at_once_and_what_follows_once_an_interval_the_newest_of_author_and_kind()
    {
        _world.PublishEphemeral(_ann, "1", "cursor");
        _world.Run();
        Assert.Equal(["1"], Texts(_eve));
        for (int i = 2; i <= 9; i++)
        {
            _world.PublishEphemeral(_ann, $"{i}", "cursor");
            _world.PublishEphemeral(_ann, $"{i}", "mood");
            _world.PublishEphemeral(_bob, $"b{i}", "cursor");
            _world.Pass(20);
        }

        Assert.Empty(Texts(_eve));
        _world.Pass(150);
        Assert.Equal(["9", "9", "b9"], Texts(_eve));
        _world.Pass(1000);
        Assert.Empty(Texts(_eve));
        _world.End();
    }

    [Fact]
    public void Of_an_author_who_comes_back_meanwhile_the_newest_is_told_alone()
    {
        _world.PublishEphemeral(_bob, "begins the interval");
        _world.Run();
        _world.PublishEphemeral(_ann, "before", "cursor");
        _ann.End();
        // As the directory of people makes it for a guest key whose person has been forgotten.
        TestMember back = _world.Join("ann", person: new Person(_ann.Person!.Id, _ann.Person.Name, "ann"));
        _world.PublishEphemeral(back, "after", "cursor");
        _world.Pass(300);
        Assert.Equal(["begins the interval", "after"], Texts(_eve));
        _world.End();
    }

    [Fact]
    public void It_has_neither_offset_nor_epoch_moves_no_position_and_is_in_no_history()
    {
        _world.PublishEphemeral(_ann, "hint", id: "x");
        _world.Publish(_ann, "message");
        _world.Run();
        List<Heard> heard = _bob.Listen();
        Assert.Contains(heard, static one => one.IsEphemeral && one.Text == "hint" && one.Offset == 0 && one.Id.Length == 0);
        Assert.Equal(1, Assert.Single(heard, static one => one.Text == "message").Offset);
        Assert.Contains(_ann.Listen(), static one => one.IsEphemeral && one.Id == "x");
        Assert.Equal("message", Assert.Single(_world.Resume(_world.Connect("carol")).Messages).Text);
        _world.End();
    }

    [Fact]
    public void Who_excludes_itself_gets_nothing_of_it()
    {
        _world.PublishEphemeral(_ann, "hint", excludesSelf: true);
        _world.Run();
        Assert.Empty(_ann.Listen());
        Assert.Single(_bob.Listen());
        _world.End();
    }

    [Fact]
    public void Typing_that_begins_and_ends_between_two_sends_is_told_once_and_never_to_who_types()
    {
        Room room = _world.Room();
        room.Typing(_ann, on: true);
        _world.Run();
        Assert.True(Assert.Single(_bob.Listen()).On);
        room.Typing(_ann, on: false);
        room.Typing(_ann, on: true);
        room.Typing(_ann, on: false);
        room.Typing(_bob, on: true);
        _world.Pass(300);
        Assert.Equal([("ann", false), ("bob", true)], _eve.Listen().Where(static one => one.User.Length > 0 && one.Type == MessageType.Typing).Select(static one => (one.User, one.On)).TakeLast(2));
        Assert.DoesNotContain(_ann.Listen(), static one => one.User == "ann");
        _world.End();
    }

    [Fact]
    public void Of_too_much_the_newest_is_sent()
    {
        _world.PublishEphemeral(_ann, "first");
        _world.Run();
        Texts(_eve);
        // Larger than the lane holds together: each takes the place of what came before.
        for (int i = 0; i < 5; i++) _world.PublishEphemeral(_ann, $"{i}" + new string('x', 50_000), "big");
        _world.Pass(300);
        Assert.StartsWith("4", Assert.Single(Texts(_eve)));

        for (int i = 0; i < 400; i++) _world.PublishEphemeral(_bob, $"{i}", $"kind {i}");
        _world.Pass(300);
        List<string> texts = Texts(_eve);
        Assert.InRange(texts.Count, 200, 256);
        Assert.Equal("399", texts[^1]);
        _world.End();
    }

    [Fact]
    public void Every_loop_in_turn_may_be_the_one_that_plans_the_next_send()
    {
        TestMember[] members = [_ann, _bob, _eve];
        for (int i = 0; i < 60; i++)
        {
            _world.PublishEphemeral(members[i % 3], $"{i}", $"kind {i}");
            // A publish drains the room, and takes the lane along when its time has come.
            if (i % 2 == 0) _world.Publish(members[(i + 1) % 3], "x");
            _world.Time.Advance(TimeSpan.FromMilliseconds(i % 7 * 31));
            foreach (TestLoop loop in _world.Loops) Assert.InRange(loop.Timers.Count, 0, 1);
            _world.Run();
        }

        _world.Pass(500);
        Assert.Equal(Enumerable.Range(0, 60).Select(static i => $"{i}"), _eve.Listen().Where(static one => one.IsEphemeral).Select(static one => one.Text));
        Assert.All(_world.Loops, static loop => Assert.Equal(0, loop.Timers.Count));
        _world.End();
    }

    private static List<string> Texts(TestMember member) => [.. member.Listen().Where(static one => one.IsEphemeral).Select(static one => one.Text)];
}
