// Data plane: no allocation after warm-up. See RoomShardBenchmarks.
using System.Diagnostics.CodeAnalysis;

namespace FastChat.Fanout.Delivery;

/// <summary>Batches in order. Nearly always there is one at most, so only a second makes it allocate. Guarded by its owner.</summary>
internal struct BatchQueue
{
    private Batch? _first;
    private Queue<Batch>? _rest;

    /// <summary>How many.</summary>
    public readonly int Count => _first is null ? 0 : 1 + (_rest?.Count ?? 0);

    /// <summary>The oldest; null when there is none.</summary>
    public readonly Batch? First => _first;

    /// <summary>Those behind the first, oldest first; null when there never were.</summary>
    public readonly Queue<Batch>? Rest => _rest;

    /// <summary>Puts one at the end, with the caller's reference.</summary>
    public void Enqueue(Batch batch)
    {
        if (_first is null) _first = batch;
        else (_rest ??= new Queue<Batch>()).Enqueue(batch);
    }

    /// <summary>Takes the oldest, with its reference.</summary>
    public bool TryDequeue([NotNullWhen(true)] out Batch? batch)
    {
        batch = _first;
        if (batch is null) return false;
        if (_rest is null || !_rest.TryDequeue(out _first)) _first = null;
        return true;
    }

    /// <summary>Lets go of what only a second batch needs, unless there is one.</summary>
    public void Trim()
    {
        if (_first is null) _rest = null;
    }
}
