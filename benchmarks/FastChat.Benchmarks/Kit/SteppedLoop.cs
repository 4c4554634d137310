using FastChat.Fanout.Delivery;
using FastChat.Fanout.Loops;

namespace FastChat.Benchmarks.Kit;

/// <summary>A loop whose turns the benchmark runs, on its own thread.</summary>
internal sealed class SteppedLoop(TimeProvider clock, SharedBufferPool buffers) : Loop(0, clock, buffers)
{
    protected override void Wake()
    {
        // The benchmark steps it.
    }

    protected override bool OnFault(Exception fault) => false;
}
