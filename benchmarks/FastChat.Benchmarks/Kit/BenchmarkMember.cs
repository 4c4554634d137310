using FastChat.Gateway.Sessions;

namespace FastChat.Benchmarks.Kit;

/// <summary>One connection: what it sends is fed to its session, what it would get is counted.</summary>
internal sealed class BenchmarkMember(Session session, TakingLink link)
{
    private readonly byte[] _received = new byte[4096];

    /// <summary>Its protocol.</summary>
    public Session Session { get; } = session;

    /// <summary>Its socket.</summary>
    public TakingLink Link { get; } = link;

    /// <summary>Gives the session a frame; copied first, because unmasking is done in place.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_received);
        Session.Receive(_received.AsSpan(0, frame.Length));
    }
}
