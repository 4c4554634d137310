using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;
using FastChat.Simulation.Kit;

namespace FastChat.Fanout.Tests.Presence;

public sealed class PersonDirectoryTests
{
    private static readonly PersonId Ann = new(1), Other = new(2);
    private readonly VirtualTime _time = new();
    private readonly PersonDirectory _persons;

    public PersonDirectoryTests() => _persons = new PersonDirectory(new FanoutSettings { GuestNameHold = TimeSpan.FromSeconds(60) }, _time);

    [Fact]
    public void Who_goes_on_purpose_gives_the_name_up_at_once()
    {
        Person first = _persons.Enter(new PersonId(71), "zoe"u8, "zoe")!;

        _persons.Leave(first, isAbrupt: false);

        Assert.NotNull(_persons.Enter(new PersonId(72), "zoe"u8, "zoe"));
    }

    [Fact]
    public void A_name_is_held_while_connected_and_for_the_hold_time_beyond()
    {
        Person first = Enter(Ann)!;
        Assert.Same(first, Enter(Ann));
        Assert.Null(Enter(Other));
        _persons.Leave(first, isAbrupt: true);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(Enter(Other));
        _persons.Leave(first, isAbrupt: true);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(Enter(Other));
        Assert.True(_persons.IsHeld("ann"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_persons.IsHeld("ann"));
        Person other = Enter(Other)!;
        Assert.NotSame(first, other);
        Assert.Null(Enter(Ann));
    }

    [Fact]
    public void Who_comes_back_in_time_is_the_same_person_with_its_rates()
    {
        Person first = Enter(Ann)!;
        _persons.Leave(first, isAbrupt: true);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Same(first, Enter(Ann));
    }

    [Fact]
    public void Who_withdraws_was_never_here_unless_known_from_before()
    {
        Person ann = Enter(Ann)!;
        _persons.Withdraw(ann);
        Assert.Equal(0, _persons.Count);
        Assert.NotNull(Enter(Other));
        _persons.Leave(Enter(Other)!, isAbrupt: true);

        Person known = _persons.Enter(Ann, "bob"u8, "bob")!;
        _persons.Leave(known, isAbrupt: true);
        _persons.Withdraw(_persons.Enter(Ann, "bob"u8, "bob")!);
        Assert.True(_persons.IsHeld("bob"));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.False(_persons.IsHeld("bob"));
    }

    [Fact]
    public void Names_no_longer_held_are_forgotten()
    {
        for (int i = 0; i < 100; i++) _persons.Leave(_persons.Enter(new PersonId(i + 10), "x"u8, $"x{i}")!, isAbrupt: true);
        Assert.Equal(100, _persons.Count);
        _time.Advance(TimeSpan.FromMinutes(2));
        Enter(Ann);
        Assert.Equal(1, _persons.Count);
    }

    [Fact]
    public void A_name_outlives_the_time_in_which_its_person_still_counts_as_present()
    {
        PersonDirectory persons = new(new FanoutSettings { GuestNameHold = TimeSpan.Zero, ReconnectGrace = TimeSpan.FromSeconds(2) }, _time);
        persons.Leave(persons.Enter(Ann, "ann"u8, "ann")!, isAbrupt: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(persons.Enter(Other, "ann"u8, "ann"));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.NotNull(persons.Enter(Other, "ann"u8, "ann"));
    }

    [Fact]
    public void A_suggestion_is_free_near_the_name_and_no_longer_than_a_name()
    {
        Enter(Ann);
        _persons.Enter(Other, "ann-2"u8, "ann-2");
        Assert.Equal("ann-3", _persons.Suggest("ann", static name => name, 64));
        string longest = new('x', 64);
        Assert.Equal(new string('x', 62) + "-2", _persons.Suggest(longest, static name => name, 64));
        // A pair of surrogates is not cut in two.
        Assert.Equal(new string('x', 61) + "-2", _persons.Suggest(new string('x', 61) + "😀x", static name => name, 64));
    }

    private Person? Enter(PersonId id) => _persons.Enter(id, "ann"u8, "ann");
}
