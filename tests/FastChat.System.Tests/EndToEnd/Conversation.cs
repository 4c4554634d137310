using System.Globalization;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.EndToEnd;

/// <summary>Everyone speaks at once, and everyone must have heard the same.</summary>
internal static class Conversation
{
    /// <summary>Each publishes <paramref name="countEach"/> texts, all at the same time, and all wait until they have all of them.</summary>
    public static async Task AllSpeakAsync(IReadOnlyList<IChatClient> everyone, string room, string prefix, int countEach)
    {
        await Task.WhenAll(everyone.Select(async speaker =>
        {
            for (int i = 0; i < countEach; i++) await speaker.SayAsync(room, Text(prefix, speaker, i));
        }));
        await Task.WhenAll(everyone.Select(async listener =>
        {
            foreach (IChatClient speaker in everyone)
            {
                for (int i = 0; i < countEach; i++) await listener.UntilSaidAsync(Text(prefix, speaker, i));
            }
        }));
    }

    /// <summary>
    /// Fails unless all got the same publications in the same order: the offsets 1, 2, 3 … each once, and what one person said in
    /// the order in which they said it.
    /// </summary>
    public static async Task HasSameTranscriptAsync(IReadOnlyList<IChatClient> everyone, int count)
    {
        IReadOnlyList<Line> first = await everyone[0].TranscriptAsync();
        Assert.Equal(Enumerable.Range(1, count).Select(offset => (long)offset), first.Select(line => line.Offset));
        foreach (IChatClient other in everyone) Assert.Equal(first, await other.TranscriptAsync());
        foreach (IChatClient speaker in everyone)
        {
            IEnumerable<string> said = first.Where(line => line.User == speaker.Name).Select(line => line.Text);
            Assert.Equal(said.OrderBy(text => int.Parse(text.Split('-')[^1], CultureInfo.InvariantCulture)), said);
        }
        // Those that keep whole publications must agree on the epoch and the time too.
        List<ForeignClient> whole = [.. everyone.OfType<ForeignClient>()];
        foreach (ForeignClient other in whole) Assert.Equal(whole[0].Deliveries, other.Deliveries);
    }

    private static string Text(string prefix, IChatClient speaker, int number) => $"{prefix}-{speaker.Name}-{number}";
}
