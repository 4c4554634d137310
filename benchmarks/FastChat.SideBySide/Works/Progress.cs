using System.Diagnostics;

namespace FastChat.SideBySide.Works;

/// <summary>Tells on the error output what is under way, at most twice a second.</summary>
/// <param name="work">The work.</param>
/// <param name="contender">The server.</param>
internal sealed class Progress(string work, string contender)
{
    private long _saidAt;

    /// <summary>Says it now.</summary>
    public void Say(string what)
    {
        _saidAt = Stopwatch.GetTimestamp();
        Console.Error.WriteLine($"{work}: {contender}: {what}");
    }

    /// <summary>Says how far it is, if it has been quiet.</summary>
    public void Count(string what, int count, int of)
    {
        if (count == of || Stopwatch.GetElapsedTime(_saidAt) > TimeSpan.FromSeconds(0.5)) Say($"{what}: {count:N0} of {of:N0}");
    }
}
