namespace FastChat.Client.Tests;

public sealed class PositionTests
{
    [Theory]
    [InlineData("abc", 12)]
    [InlineData("a:b", 0)]
    [InlineData("é", long.MaxValue)]
    public void A_position_is_read_as_it_is_written(string epoch, long offset)
    {
        Position position = new(epoch, offset);
        Assert.True(Position.TryParse(position.ToString(), out Position read));
        Assert.Equal(position, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData(":1")]
    [InlineData("a:")]
    [InlineData("a:-1")]
    [InlineData("a:1x")]
    [InlineData("a:99999999999999999999")]
    public void What_is_no_position_is_not_read(string? text) => Assert.False(Position.TryParse(text, out _));
}
