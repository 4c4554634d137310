using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Tests.Presence;

public sealed class RosterTests
{
    private readonly Roster _roster = new();

    [Fact]
    public void A_person_comes_with_the_first_connection_and_is_away_with_the_last()
    {
        Person ann = PersonOf("ann");
        Assert.True(_roster.Enter(ann));
        Assert.False(_roster.Enter(ann));
        Assert.Equal((1, 1L), (_roster.Count, _roster.Version));
        Assert.Equal(0, _roster.Exit(ann));
        int absence = _roster.Exit(ann);
        Assert.NotEqual(0, absence);
        Assert.Equal((1, 1L), (_roster.Count, _roster.Version));
        Assert.True(_roster.RemoveIfAway(ann, absence));
        Assert.False(_roster.RemoveIfAway(ann, absence));
        Assert.Equal((0, 2L), (_roster.Count, _roster.Version));
    }

    [Fact]
    public void Who_is_back_is_not_away_and_each_absence_ends_by_itself()
    {
        Person ann = PersonOf("ann");
        _roster.Enter(ann);
        int first = _roster.Exit(ann);
        Assert.False(_roster.Enter(ann));
        Assert.False(_roster.RemoveIfAway(ann, first));
        int second = _roster.Exit(ann);
        Assert.False(_roster.RemoveIfAway(ann, first));
        Assert.True(_roster.RemoveIfAway(ann, second));
    }

    [Fact]
    public void It_holds_who_a_dictionary_would_hold_whatever_comes_and_goes()
    {
        Random random = new(7);
        List<Person> known = [.. Enumerable.Range(0, 300).Select(static i => PersonOf($"p{i}"))];
        Dictionary<Person, int> model = [];
        for (int step = 0; step < 50_000; step++)
        {
            // It grows for a while, then shrinks.
            Person person = known[random.Next(known.Count)];
            int connections = model.GetValueOrDefault(person);
            if (random.Next(10) < (step / 5_000 % 2 == 0 ? 7 : 3))
            {
                Assert.Equal(connections == 0, _roster.Enter(person));
                model[person] = connections + 1;
            }
            else if (connections > 0)
            {
                int absence = _roster.Exit(person);
                Assert.Equal(connections == 1, absence != 0);
                model[person] = connections - 1;
                if (connections == 1) Assert.Equal(model.Remove(person), _roster.RemoveIfAway(person, absence));
            }
            else
            {
                Assert.False(_roster.RemoveIfAway(person, 1));
            }

            Assert.Equal(model.Count, _roster.Count);
        }

        Assert.Equal(model.Keys.ToHashSet(), _roster.PageAfter(default, 1000, out _).ToHashSet());
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(9, 10)]
    [InlineData(10, 10)]
    [InlineData(11, 10)]
    [InlineData(95, 10)]
    public void Pages_put_together_are_all_people_once_in_order(int count, int pageMax)
    {
        List<string> names = [.. Enumerable.Range(0, count).Select(static i => $"person {i * 37 % 101}")];
        foreach (string name in names) _roster.Enter(PersonOf(name));
        List<string> got = [];
        bool hasMore = true;
        while (hasMore)
        {
            List<Person> page = _roster.PageAfter(got.Count == 0 ? default : System.Text.Encoding.UTF8.GetBytes(got[^1]), pageMax, out hasMore);
            Assert.True(page.Count == pageMax || !hasMore);
            got.AddRange(page.Select(static person => System.Text.Encoding.UTF8.GetString(person.Name)));
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), got);
    }

    private static Person PersonOf(string name) => new(new PersonId(name.GetHashCode(StringComparison.Ordinal)), System.Text.Encoding.UTF8.GetBytes(name), name);
}
