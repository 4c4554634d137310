namespace FastChat.System.Tests.Kit;

/// <summary>Does the same with every form over every way in, all at once: what takes seconds to happen takes them once.</summary>
internal static class EveryWay
{
    /// <summary>Ends when all have; a failure names the form and the way.</summary>
    public static Task DoAsync(Func<Spoken, WayIn, Task> act) => Task.WhenAll(ChatPeer.AllWays.Select(async way =>
    {
        try
        {
            await act(way.Form, way.Way);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{way.Form} over {way.Way}: {failure.Message}", failure);
        }
    }));
}
