using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Fanout.Tests.Kit;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Rooms;

public sealed class PublishTests
{
    private readonly RoomWorld _world = new(loopCount: 3);

    [Fact]
    public void Members_of_every_loop_and_form_get_the_same_messages_in_the_same_order()
    {
        List<TestMember> members = [];
        for (int i = 0; i < 3 * WireForms.Count; i++) members.Add(_world.Join($"m{i}", loop: i % 3, form: (WireForm)(i / 3)));
        _world.Run();
        foreach (TestMember member in members) member.Listen();
        for (int round = 0; round < 20; round++)
        {
            foreach (TestMember member in members) _world.Publish(member, $"{round} from {member}");
            _world.Run();
        }

        List<string> order = [.. Messages(members[0]).Select(static heard => heard.Text)];
        Assert.Equal(20 * members.Count, order.Count);
        foreach (TestMember member in members.Skip(1)) Assert.Equal(order, Messages(member).Select(static heard => heard.Text));
        Assert.All(members, member => Assert.Equal(Enumerable.Range(1, order.Count).Select(static i => (long)i), member.All.Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Offset)));
        _world.End();
    }

    [Fact]
    public void The_first_message_goes_at_once_and_those_of_one_turn_go_as_one_send()
    {
        TestMember writer = _world.Join("writer");
        TestMember reader = _world.Join("reader");
        _world.Run();
        reader.Listen();
        int before = reader.SendCount;
        _world.Publish(writer, "one");
        _world.Loops[0].RunTurn();
        Assert.Single(reader.Listen());
        Assert.Equal(1, reader.SendCount - before);

        for (int i = 0; i < 50; i++) _world.Publish(writer, $"{i}");
        _world.Loops[0].RunTurn();
        Assert.Equal(50, reader.Listen().Count);
        Assert.Equal(2, reader.SendCount - before);
        _world.End();
    }

    [Fact]
    public void An_ack_leaves_in_one_send_with_the_publishers_own_copy_and_ahead_of_it()
    {
        TestMember writer = _world.Join("writer");
        _world.Run();
        writer.Listen();
        int before = writer.SendCount;
        _world.Publish(writer, "one", "a");
        _world.Run();
        Assert.Equal([MessageType.Ack, MessageType.Msg], writer.Listen().Select(static heard => heard.Type));
        Assert.Equal(1, writer.SendCount - before);
        _world.End();
    }

    [Fact]
    public void An_author_who_is_back_while_a_message_is_under_way_is_told_its_id()
    {
        TestMember writer = _world.Join("writer");
        TestMember reader = _world.Join("reader");
        TestMember other = _world.Join("writer", loop: 1); // Of the same name, and somebody else.
        _world.Run();
        _world.Publish(writer, "one", "a");
        writer.End();
        // As the directory of people makes it for a guest key whose person has been forgotten.
        Person again = new(writer.Person!.Id, writer.Person.Name, "writer");
        TestMember back = _world.Join("writer", person: again, loop: 2);
        _world.Run();
        Assert.Equal("a", Assert.Single(Messages(back)).Id);
        Assert.Equal("", Assert.Single(Messages(reader)).Id);
        Assert.Equal("", Assert.Single(Messages(other)).Id);
        _world.End();
    }

    [Fact]
    public void A_repeated_id_is_answered_with_its_first_offset_and_not_delivered_again()
    {
        TestMember writer = _world.Join("writer");
        TestMember reader = _world.Join("reader", loop: 1);
        _world.Run();
        // Within one batch, and in later ones.
        _world.Publish(writer, "one", "a");
        _world.Publish(writer, "two", "b");
        _world.Publish(writer, "one again", "a");
        _world.Run();
        _world.Publish(writer, "one once more", "a");
        _world.Run();
        _world.Publish(writer, "three", "c");
        _world.Run();

        writer.Listen();
        Assert.Equal([("a", 1L), ("b", 2L), ("a", 1L), ("a", 1L), ("c", 3L)], writer.All.Where(static heard => heard.Type == MessageType.Ack).Select(static heard => (heard.Id, heard.Offset)));
        Assert.Equal(["one", "two", "three"], Messages(reader).Select(static heard => heard.Text));
        Assert.Equal(["one", "two", "three"], writer.All.Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Text));
        _world.End();
    }

    [Fact]
    public void The_same_id_of_another_person_is_another_message_and_of_the_same_person_elsewhere_is_not()
    {
        Person ann = _world.Person("ann");
        TestMember first = _world.Join("ann", person: ann);
        TestMember second = _world.Join("ann", loop: 1, person: ann);
        TestMember bob = _world.Join("bob", loop: 2);
        _world.Run();
        foreach (TestMember member in new[] { first, second, bob }) _world.Publish(member, $"from {member}", "same");
        _world.Run();
        List<Heard> heard = Messages(bob);
        Assert.Equal(["from ann", "from bob"], heard.Select(static one => one.Text).Order());
        long offset = heard.First(static one => one.Text == "from ann").Offset;
        Assert.Equal(offset, Assert.Single(first.Listen(), static one => one.Type == MessageType.Ack).Offset);
        Assert.Equal(offset, Assert.Single(second.Listen(), static one => one.Type == MessageType.Ack).Offset);
        _world.End();
    }

    [Fact]
    public void An_id_is_forgotten_after_the_dedupe_window()
    {
        RoomWorld world = new(settings: new FanoutSettings { DedupeWindow = TimeSpan.FromSeconds(10) });
        TestMember writer = world.Join("writer");
        world.Run();
        world.Publish(writer, "one", "a");
        world.Run();
        world.Pass(9_900);
        world.Publish(writer, "again", "a");
        world.Run();
        world.Pass(200);
        world.Publish(writer, "two", "a");
        world.Run();
        writer.Listen();
        Assert.Equal([1L, 1L, 2L], writer.All.Where(static heard => heard.Type == MessageType.Ack).Select(static heard => heard.Offset));
        world.End();
    }

    [Fact]
    public void Who_excludes_itself_gets_a_position_in_place_of_its_message()
    {
        Person ann = _world.Person("ann");
        TestMember first = _world.Join("ann", person: ann);
        TestMember second = _world.Join("ann", person: ann);
        TestMember bob = _world.Join("bob", loop: 1);
        _world.Run();
        _world.Publish(bob, "1");
        _world.Publish(first, "2", "a", excludesSelf: true);
        _world.Publish(first, "3", "b");
        _world.Run();
        Assert.Equal([(MessageType.Msg, 1L), (MessageType.Position, 2L), (MessageType.Msg, 3L)], Publications(first));
        Assert.Equal([(MessageType.Msg, 1L), (MessageType.Msg, 2L), (MessageType.Msg, 3L)], Publications(second));
        Assert.Equal([(MessageType.Msg, 1L), (MessageType.Msg, 2L), (MessageType.Msg, 3L)], Publications(bob));
        _world.End();
    }

    [Fact]
    public void A_message_id_is_told_to_the_connections_of_its_author_alone_live_in_history_and_in_pages()
    {
        Person ann = _world.Person("ann");
        TestMember first = _world.Join("ann", person: ann);
        TestMember second = _world.Join("ann", loop: 1, person: ann, form: WireForm.JsonWebSocket);
        TestMember bob = _world.Join("bob", loop: 1, form: WireForm.JsonWebSocket);
        _world.Run();
        _world.Publish(first, "mine", "secret");
        _world.Publish(bob, "his", "other");
        _world.Run();
        Assert.Equal(["secret", ""], Messages(first).Select(static heard => heard.Id));
        Assert.Equal(["secret", ""], Messages(second).Select(static heard => heard.Id));
        Assert.Equal(["", "other"], Messages(bob).Select(static heard => heard.Id));

        TestMember third = _world.Connect("ann", person: ann);
        Assert.Equal(["secret", ""], _world.Resume(third).Messages.Select(static heard => heard.Id));
        TestMember carol = _world.Connect("carol");
        Assert.Equal(["", ""], _world.Resume(carol).Messages.Select(static heard => heard.Id));
        // With no history wanted, all since a position comes in pages.
        TestMember fourth = _world.Connect("ann", person: ann, form: WireForm.MessagePackWebSocket);
        _world.Resume(fourth, (RoomWorld.EpochOf(_world.Room()), 0), limit: 0);
        Assert.Equal(["secret", ""], fourth.All.Where(static heard => heard.Type == MessageType.Msg).Select(static heard => heard.Id));
        _world.End();
    }

    [Fact]
    public void A_request_without_a_connection_is_answered_too_even_where_nobody_is()
    {
        RequestPublisher request = new();
        BatchEntry entry = new() { Kind = BatchEntryKind.Msg, Publisher = request, AwaitsAnswer = true };
        Assert.True(_world.Room("empty").TryPublish(_world.Loops[0], entry, new Publication { User = "system"u8, Text = "news"u8, Id = "n"u8 }));
        _world.Run();
        Assert.Equal((1L, "n"), (request.Offset, request.Id));
        Assert.Equal(1, _world.Rooms.Count);
        _world.End();
    }

    [Fact]
    public void A_turn_that_gathers_much_logs_it_in_several_batches_and_then_holds_publishers_back()
    {
        TestMember writer = _world.Join("writer");
        TestMember reader = _world.Join("reader", loop: 1);
        _world.Run();
        string text = new('x', 50_000);
        for (int i = 1; i <= 20; i++)
        {
            _world.Publish(writer, text, $"{i}");
            // Six fill a batch. The first goes at once, the second would only wait behind it.
            Assert.Equal(i >= 6 ? 6 : 0, _world.Room().Head);
            Assert.Equal(i >= 12, writer.IsHeldBack);
        }

        _world.Run();
        Assert.Equal(20, writer.AnsweredCount);
        Assert.Equal(Enumerable.Range(1, 20).Select(static i => (long)i), Messages(reader).Select(static heard => heard.Offset));
        _world.End();
    }

    [Fact]
    public void A_publisher_that_leaves_is_answered_first()
    {
        TestMember writer = _world.Join("writer");
        TestMember reader = _world.Join("reader", loop: 1);
        _world.Run();
        _world.Publish(writer, "last words", "a");
        writer.Leave("r");
        Assert.Equal(1, writer.AnsweredCount);
        _world.Run();
        Assert.Equal("last words", Assert.Single(Messages(reader)).Text);
        _world.End();
    }

    private static List<Heard> Messages(TestMember member) => [.. member.Listen().Where(static heard => heard.Type == MessageType.Msg)];

    private static IEnumerable<(MessageType, long)> Publications(TestMember member) =>
        member.Listen().Where(static heard => heard.Type is MessageType.Msg or MessageType.Position).Select(static heard => (heard.Type, heard.Offset));

    private sealed class RequestPublisher : IPublisher
    {
        public long Offset { get; private set; }

        public string Id { get; private set; } = "";

        public void OnPublished(Room room, long offset, ReadOnlySpan<byte> id, int recordBytes)
        {
            Offset = offset;
            Id = System.Text.Encoding.UTF8.GetString(id);
        }
    }
}
