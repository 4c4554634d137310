using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Fanout.Tests.Kit;

/// <summary>A loop whose turns a test runs.</summary>
internal sealed class TestLoop(int index, TimeProvider clock, SharedBufferPool buffers) : Loop(index, clock, buffers)
{
    /// <summary>How often somebody asked for a turn.</summary>
    public int WakeCount { get; private set; }

    /// <summary>Faults that were reported; null: let them through.</summary>
    public List<Exception>? Faults { get; set; }

    protected override void Wake() => WakeCount++;

    protected override bool OnFault(Exception fault)
    {
        Faults?.Add(fault);
        return Faults is not null;
    }
}
