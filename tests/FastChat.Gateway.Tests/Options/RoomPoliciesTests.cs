using System.Text;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Tests.Options;

public sealed class RoomPoliciesTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("~*", "~draft", true)]
    [InlineData("~*", "draft", false)]
    [InlineData("support.*", "support.", true)]
    [InlineData("support.*", "support", false)]
    [InlineData("*.log", "a.log.log", true)]
    [InlineData("a*b*c", "aXbXbc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("Room", "room", false)]
    [InlineData("**a**", "a", true)]
    [InlineData("a*a", "a", false)]
    public void A_star_stands_for_any_run_of_characters(string pattern, string room, bool fits) =>
        Assert.Equal(fits, RoomPolicies.Matches(pattern, Encoding.ASCII.GetBytes(room)));

    [Fact]
    public void The_first_entry_that_fits_holds_and_two_built_in_ones_stand_last()
    {
        RoomsOptions options = new();
        options.Policies.Add(new RoomPolicyOptions { Match = "support.*", History = 5 });
        options.Policies.Add(new RoomPolicyOptions { Match = "support.vip", History = 7 });
        RoomPolicies policies = new(options);

        Assert.Equal(5, policies.Find("support.vip"u8).History);
        Assert.Equal(RoomDurability.Ephemeral, policies.Find("~x"u8).Durability);
        Assert.Equal(RoomDurability.Durable, policies.Find("x"u8).Durability);
    }
}
