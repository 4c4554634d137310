using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Connections;

/// <summary>
/// Drives sessions in memory, stepped by a test under virtual time: no socket, no thread, nothing happens but by <see cref="RunUntilIdle"/>,
/// so that a run follows from its seed.
/// </summary>
internal sealed class MemoryHost
{
    private readonly MemoryLoop[] _loops;
    private readonly ISessionCommands _commands;
    private readonly SessionLimits _limits;

    /// <param name="loopCount">At least 1.</param>
    /// <param name="clock">Virtual time.</param>
    /// <param name="commands">What is done with messages.</param>
    /// <param name="limits">Limits of each connection.</param>
    /// <param name="budget">What a turn of a loop may send; null for the default.</param>
    public MemoryHost(int loopCount, TimeProvider clock, ISessionCommands commands, SessionLimits limits, TurnBudget? budget = null)
    {
        _commands = commands;
        _limits = limits;
        _loops = new MemoryLoop[loopCount];
        for (int i = 0; i < loopCount; i++) _loops[i] = new MemoryLoop(i, clock, Buffers) { Budget = budget ?? TurnBudget.Default };
    }

    /// <summary>Where the loops' shared buffers come from; a test ends with none leased.</summary>
    public SharedBufferPool Buffers { get; } = new();

    /// <summary>The loops, for work that is no connection's.</summary>
    public IReadOnlyList<Loop> Loops => _loops;

    /// <summary>A new connection, its handshake done; it begins with the loop's next turn.</summary>
    /// <param name="loopIndex">Where it lives.</param>
    /// <param name="form">What the handshake has settled on.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="greeting">What the handshake is answered with; empty when that is done.</param>
    public MemoryConnection Connect(int loopIndex, AgreedForm form, SessionPeer peer, params byte[] greeting)
    {
        MemoryConnection connection = new(_loops[loopIndex], form, _commands, _limits, peer, greeting);
        _loops[loopIndex].Post(connection);
        return connection;
    }

    /// <summary>Turns all loops until none has anything to do at this time.</summary>
    public void RunUntilIdle()
    {
        bool ran;
        do
        {
            ran = false;
            foreach (MemoryLoop loop in _loops)
            {
                ran |= loop.HasWork;
                loop.RunTurn();
                ran |= loop.HasWork;
            }
        }
        while (ran);
    }

    private sealed class MemoryLoop(int index, TimeProvider clock, SharedBufferPool buffers) : Loop(index, clock, buffers)
    {
        protected override void Wake()
        {
            // The test steps it.
        }

        protected override bool OnFault(Exception fault) => false;
    }
}
