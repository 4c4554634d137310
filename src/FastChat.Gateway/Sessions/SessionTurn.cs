using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Sessions;

/// <summary>Brings a session back in the next turn of its loop, and holds what few sessions need. Exists only while one does.</summary>
internal sealed class SessionTurn(Session session) : LoopWork
{
    /// <summary>Refused commands.</summary>
    public RateLimiter ErrorRate;

    /// <summary>What is left of a message that held more commands than could be answered at once; empty when nothing is.</summary>
    public Memory<byte> HeldOver { get; set; }

    /// <summary>Whether the session can do without it.</summary>
    public bool IsNeedless => !IsPosted && HeldOver.IsEmpty && ErrorRate.IsUntouched;

    public override void Run() => session.RunPlanned();
}
