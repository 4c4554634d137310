using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Sessions;

/// <summary>Brings a session back in the next turn of its loop. Exists only for sessions that once needed one.</summary>
internal sealed class SessionTurn(Session session) : LoopWork
{
    /// <summary>What is left of a message that held more commands than could be answered at once; empty when nothing is.</summary>
    public Memory<byte> HeldOver { get; set; }

    public override void Run() => session.RunPlanned();
}
