using FastChat.Fanout.Loops;

namespace FastChat.Gateway.Sessions;

/// <summary>Brings a session back in the next turn of its loop. Exists only for sessions that once needed one.</summary>
internal sealed class SessionTurn(Session session) : LoopWork
{
    public override void Run() => session.RunPlanned();
}
