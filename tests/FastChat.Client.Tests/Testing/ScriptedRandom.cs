namespace FastChat.Client.Tests.Testing;

/// <summary>Always draws the same: a delay is then that share of its bound.</summary>
internal sealed class ScriptedRandom(double value) : Random
{
    public override double NextDouble() => value;

    public override long NextInt64() => 0x5eed;
}
