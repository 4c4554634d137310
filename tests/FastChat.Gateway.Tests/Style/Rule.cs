namespace FastChat.Gateway.Tests.Style;

/// <summary>What every test of style ends with.</summary>
internal static class Rule
{
    /// <summary>Fails with all of <paramref name="breaches"/>, each on a line, in full.</summary>
    public static void Holds(IEnumerable<string> breaches)
    {
        List<string> found = [.. breaches];
        Assert.True(found.Count == 0, string.Join('\n', found.Prepend($"{found.Count} broken:")));
    }
}
