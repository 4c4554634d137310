using System.Text;
using FastChat.Gateway.Security;

namespace FastChat.Gateway.Tests.Security;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("  alice\u00A0", "alice")]
    [InlineData("e\u0301va", "éva")]
    [InlineData("Ünal Öz", "Ünal Öz")]
    [InlineData("👩\u200D💻", "👩\u200D💻")]
    [InlineData("မြန်မာ", "မြန်မာ")]
    public void A_name_is_trimmed_and_composed(string sent, string display)
    {
        Assert.True(PersonName.TryParse(Encoding.UTF8.GetBytes(sent), out PersonName? name, out string fault), fault);
        Assert.Equal(display, name!.Display);
        Assert.Empty(fault);
    }

    [Theory]
    [InlineData("Alice", "alice")]
    [InlineData("ＡＬＩＣＥ", "alice")]
    [InlineData("al\u200Bice", "alice")]
    [InlineData("al\u00ADice\uFE0F", "alice")]
    [InlineData("alice\u3164", "alice")]
    [InlineData("ﬁona", "fiona")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφος")]
    [InlineData("a  b", "a\u2003b")]
    [InlineData("ÉVA", "e\u0301va")]
    [InlineData("\u212Aim", "kim")]
    public void Names_that_look_alike_are_the_same_name(string a, string b) => Assert.Equal(Fold(a), Fold(b));

    [Theory]
    [InlineData("alice", "alicia")]
    [InlineData("a b", "ab")]
    [InlineData("eva", "éva")]
    [InlineData("1", "2")]
    public void Names_that_look_different_are_different(string a, string b) => Assert.NotEqual(Fold(a), Fold(b));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200B\u200D")]
    [InlineData("\u3164\u115F")]
    [InlineData("\u2800")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("a\u202Eb")]
    [InlineData("a\u200Fb")]
    [InlineData("a\u2067b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u0378b")]
    [InlineData("a\uFFFFb")]
    [InlineData("system")]
    [InlineData("SYSTEM")]
    [InlineData("Ｓys\u200Btem")]
    public void A_name_that_shows_nothing_or_something_else_is_refused(string sent)
    {
        Assert.False(PersonName.TryParse(Encoding.UTF8.GetBytes(sent), out PersonName? name, out string fault));
        Assert.Null(name);
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(100_000, false)]
    public void A_name_has_at_most_64_characters(int length, bool isName)
    {
        Assert.Equal(isName, PersonName.TryParse(Encoding.UTF8.GetBytes(new string('a', length)), out _, out _));
        Assert.Equal(isName, PersonName.TryParse(Encoding.UTF8.GetBytes(new string('語', length)), out _, out _));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0x61, 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Bytes_that_are_not_UTF8_are_refused(byte[] bytes) => Assert.False(PersonName.TryParse(bytes, out _, out _));

    [Theory]
    [InlineData("lobby", true)]
    [InlineData("A-Za-z0-9._~:-", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("@alice", false)]
    [InlineData("ä", false)]
    public void Room_ids_are_of_few_characters(string room, bool isValid) => Assert.Equal(isValid, RoomIds.IsValid(Encoding.UTF8.GetBytes(room)));

    [Fact]
    public void Room_ids_are_of_64_characters_at_most()
    {
        Assert.True(RoomIds.IsValid(Encoding.UTF8.GetBytes(new string('a', 64))));
        Assert.False(RoomIds.IsValid(Encoding.UTF8.GetBytes(new string('a', 65))));
    }

    private static string Fold(string sent)
    {
        Assert.True(PersonName.TryParse(Encoding.UTF8.GetBytes(sent), out PersonName? name, out string fault), fault);
        return name!.Folded;
    }
}
