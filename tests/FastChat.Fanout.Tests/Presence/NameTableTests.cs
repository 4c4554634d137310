using System.Text;
using FastChat.Fanout.Presence;

namespace FastChat.Fanout.Tests.Presence;

public sealed class NameTableTests
{
    [Fact]
    public void It_holds_who_a_dictionary_would_hold_whatever_comes_and_goes()
    {
        Random random = new(7);
        NameTable table = new();
        Dictionary<string, Person> model = [];
        for (int step = 0; step < 50_000; step++)
        {
            string name = $"n{random.Next(400)}";
            if (random.Next(3) > 0)
            {
                Person person = PersonOf(name, step);
                table.Put(person);
                model[name] = person;
            }
            else
            {
                table.Remove(Encoding.UTF8.GetBytes(name));
                model.Remove(name);
            }

            if (step % 10_000 == 9_999)
            {
                table.Sweep(static person => person.Id.Value % 2 == 0);
                foreach (string odd in model.Where(static pair => pair.Value.Id.Value % 2 != 0).Select(static pair => pair.Key).ToList()) model.Remove(odd);
            }

            Assert.Equal(model.Count, table.Count);
            Assert.Equal(model.GetValueOrDefault(name), table.TryFind(Encoding.UTF8.GetBytes(name), out Person? found) ? found : null);
        }

        foreach ((string name, Person person) in model) Assert.True(table.TryFind(Encoding.UTF8.GetBytes(name), out Person? found) && ReferenceEquals(found, person));
    }

    private static Person PersonOf(string name, long id) => new(new PersonId(id), Encoding.UTF8.GetBytes(name), name);
}
