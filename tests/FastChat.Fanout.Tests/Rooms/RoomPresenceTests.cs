using FastChat.Codec.Messages;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Rooms;

public sealed class RoomPresenceTests
{
    private readonly RoomWorld _world = new(settings: new FanoutSettings { ReconnectGrace = TimeSpan.FromSeconds(2) });

    [Fact]
    public void Who_comes_and_goes_is_told_to_the_others_and_not_to_the_one()
    {
        TestMember ann = Enter("ann");
        TestMember bob = Enter("bob", loop: 1);
        Assert.Equal([(MessageType.Join, "bob")], Notices(ann));
        Assert.Empty(Notices(bob));
        bob.Leave("r");
        _world.Pass(300);
        Assert.Equal([(MessageType.Leave, "bob")], Notices(ann));
        _world.End();
    }

    [Fact]
    public void Who_is_lost_abruptly_is_gone_after_the_grace_time_and_not_before()
    {
        TestMember ann = Enter("ann");
        TestMember bob = Enter("bob", loop: 1);
        Notices(ann);
        bob.End(isAbrupt: true);
        _world.Pass(1900);
        Assert.Empty(Notices(ann));
        Assert.Equal(["ann", "bob"], People(ann));
        _world.Pass(300);
        Assert.Equal([(MessageType.Leave, "bob")], Notices(ann));
        Assert.Equal(["ann"], People(ann));
        _world.End();
    }

    [Fact]
    public void Who_is_back_in_time_never_left_and_each_loss_has_the_whole_grace_time()
    {
        TestMember ann = Enter("ann");
        Person bob = _world.Person("bob");
        for (int i = 0; i < 4; i++)
        {
            TestMember connection = Enter("bob", loop: i % 2, person: bob);
            connection.End(isAbrupt: true);
            _world.Pass(1200); // The deadline of each loss lies within the next one.
        }

        Assert.Equal([(MessageType.Join, "bob")], Notices(ann));
        _world.Pass(1200);
        Assert.Equal([(MessageType.Leave, "bob")], Notices(ann));
        _world.End();
    }

    [Fact]
    public void Several_connections_of_one_person_are_one_presence()
    {
        TestMember ann = Enter("ann");
        Person bob = _world.Person("bob");
        TestMember first = Enter("bob", person: bob);
        TestMember second = Enter("bob", loop: 1, person: bob);
        Assert.Equal([(MessageType.Join, "bob")], Notices(ann));
        Assert.Equal(["ann", "bob"], People(ann));
        first.Leave("r");
        _world.Pass(3000);
        Assert.Empty(Notices(ann));
        second.Leave("r");
        _world.Pass(300);
        Assert.Equal([(MessageType.Leave, "bob")], Notices(ann));
        _world.End();
    }

    [Fact]
    public void A_join_and_a_leave_between_two_sends_cancel_each_other()
    {
        TestMember ann = Enter("ann");
        _world.Join("bob");
        _world.Run();
        Assert.Equal([(MessageType.Join, "bob")], Notices(ann)); // At once, and the interval begins.
        TestMember carol = _world.Join("carol");
        carol.Leave("r");
        _world.Pass(500);
        Assert.Empty(Notices(ann));
        _world.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_comes_in_under_a_name_is_not_told_that_its_bearer_before_has_left(bool isSamePerson)
    {
        TestMember ann = Enter("ann");
        TestMember bob = _world.Join("bob", loop: 1);
        _world.Run(); // A notice is told, and the interval begins in which the next one waits.
        bob.Leave("r");
        ann.Leave("r");
        // A person as the directory of people makes it for a guest key that it has forgotten, or for somebody without.
        Person again = isSamePerson ? new Person(bob.Person!.Id, bob.Person.Name, "bob") : _world.Person("bob");
        TestMember back = _world.Join("bob", loop: 1, person: again);
        _world.Pass(500);
        Assert.Empty(Notices(back));
        _world.End();
    }

    [Fact]
    public void Above_the_policys_number_notices_become_a_count()
    {
        RoomWorld world = new(new RoomPolicy { PresenceEventsMax = 3 });
        TestMember ann = world.Join("ann");
        for (int i = 0; i < 2; i++) world.Join($"p{i}");
        world.Pass(500);
        Assert.Equal(2, Notices(ann).Count);
        List<TestMember> more = [.. Enumerable.Range(3, 10).Select(i => world.Join($"p{i}", loop: i % 2))];
        world.Pass(500);
        List<Heard> heard = ann.Listen();
        Heard last = heard[^1];
        Assert.Equal((MessageType.Presence, 13L), (last.Type, last.Count));
        Assert.Null(last.Users);
        Assert.DoesNotContain(heard, static one => one.Type == MessageType.Join);
        Assert.InRange(heard.Count, 1, 2);
        foreach (TestMember member in more) member.Leave("r");
        world.Pass(500);
        heard = ann.Listen();
        Assert.True(heard[^1].Count == 3 || heard.Any(static one => one.Type == MessageType.Leave));
        world.End();
    }

    [Fact]
    public void The_counts_of_a_large_room_come_seldom_and_the_last_is_right()
    {
        TestMember ann = Enter("ann");
        for (int i = 0; i < 1_000; i++) _world.Join($"p{i}", loop: i % 2);
        _world.Pass(10_000);
        ann.Listen();
        // 1,000 members: eleven intervals of 200 ms between two counts. Somebody comes every 50 ms for 11 s.
        for (int i = 0; i < 220; i++)
        {
            _world.Join($"q{i}", loop: i % 2);
            _world.Pass(50);
        }

        Assert.InRange(ann.Listen().Count, 3, 6);
        _world.Pass(5_000);
        Assert.Equal(1_221, ann.Listen()[^1].Count);
        _world.End();
    }

    [Fact]
    public void A_large_room_is_listed_in_pages()
    {
        TestMember ann = Enter("ann");
        for (int i = 0; i < 2500; i++) _world.Join($"p{i:0000}", loop: i % 2);
        _world.Run();
        ann.Listen();
        List<string> all = [];
        string cursor = "";
        do
        {
            _world.Room().AnswerPresence(ann, "q"u8, RoomWorld.Utf8(cursor));
            _world.Run();
            Heard page = Assert.Single(ann.Listen(), static heard => heard.Type == MessageType.Presence && heard.Users is not null);
            Assert.Equal((2501L, "q"), (page.Count, page.Id));
            all.AddRange(page.Users!);
            cursor = page.Next;
        }
        while (cursor.Length > 0);
        Assert.Equal(2501, all.Distinct().Count());
        Assert.Equal(2501, all.Count);
        _world.End();
    }

    private TestMember Enter(string name, int loop = 0, Person? person = null)
    {
        TestMember member = _world.Join(name, loop: loop, person: person);
        _world.Pass(300);
        return member;
    }

    private IEnumerable<string> People(TestMember member)
    {
        member.Listen();
        _world.Room().AnswerPresence(member, default, default);
        _world.Run();
        return member.Listen()[^1].Users!;
    }

    private static List<(MessageType, string)> Notices(TestMember member) =>
        [.. member.Listen().Where(static heard => heard.Type is MessageType.Join or MessageType.Leave).Select(static heard => (heard.Type, heard.User))];
}
