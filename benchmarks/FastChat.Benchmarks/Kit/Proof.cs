namespace FastChat.Benchmarks.Kit;

/// <summary>What a setup checks before anything is measured: a fast wrong answer is no result.</summary>
internal static class Proof
{
    /// <summary>Fails the setup unless <paramref name="good"/>.</summary>
    /// <param name="good">What must hold.</param>
    /// <param name="claim">What it means, for the message.</param>
    public static void Require(bool good, string claim)
    {
        if (!good) throw new InvalidOperationException($"Not so: {claim}.");
    }
}
