// Data plane: no allocation after warm-up. See OutboxBenchmarks.
using System.Diagnostics;

namespace FastChat.Fanout.Delivery;

/// <summary>What a socket did not take yet: references to shared buffers, in order. Exists only while there is something. Loop only.</summary>
internal sealed class Outbox
{
    private readonly Queue<Waiting> _waiting = new();
    private SharedBuffer? _head;
    private long _headSinceMs;
    private int _headSent;
    private bool _isHeadFirst;

    /// <summary>Bytes not sent yet.</summary>
    public int Bytes { get; private set; }

    /// <summary>When the socket last began to refuse, milliseconds of the loop.</summary>
    public long RefusedSinceMs { get; set; }

    /// <summary>Whether nothing may come before the head, because it is partly sent or was added as the first.</summary>
    public bool MustEndHead => _head is not null && (_headSent > 0 || _isHeadFirst);

    /// <summary>When the head was put here, milliseconds of the loop.</summary>
    public long HeadSinceMs => _headSinceMs;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _head is null;

    /// <summary>What is to be sent next; good until <see cref="Advance"/> has passed it.</summary>
    public ReadOnlyMemory<byte> Head => _head!.Memory[_headSent..];

    /// <summary>Puts a buffer at the end; retained here, released by <see cref="Advance"/> or <see cref="Clear"/>.</summary>
    /// <param name="buffer">Shared.</param>
    /// <param name="sent">Its first bytes that the socket took already.</param>
    /// <param name="nowMs">Milliseconds of the loop.</param>
    public void Add(SharedBuffer buffer, int sent, long nowMs)
    {
        buffer.Retain();
        Bytes += buffer.Length - sent;
        if (_head is null)
        {
            _head = buffer;
            _headSent = sent;
            _headSinceMs = nowMs;
        }
        else
        {
            _waiting.Enqueue(new Waiting(buffer, nowMs));
        }
    }

    /// <summary>Puts the rest of the control lane into an empty outbox: what is said later on that lane comes after it.</summary>
    /// <param name="buffer">Shared.</param>
    /// <param name="sent">Its first bytes that the socket took already, perhaps none.</param>
    /// <param name="nowMs">Milliseconds of the loop.</param>
    public void AddFirst(SharedBuffer buffer, int sent, long nowMs)
    {
        Debug.Assert(_head is null);
        Add(buffer, sent, nowMs);
        _isHeadFirst = true;
    }

    /// <summary>The socket took <paramref name="count"/> bytes of <see cref="Head"/>.</summary>
    public void Advance(int count)
    {
        Bytes -= count;
        _headSent += count;
        if (_headSent < _head!.Length) return;
        _head.Release();
        _headSent = 0;
        _isHeadFirst = false;
        _waiting.TryDequeue(out Waiting next);
        (_head, _headSinceMs) = (next.Buffer, next.SinceMs);
    }

    /// <summary>Puts all that waits in <paramref name="other"/>, of whose head nothing is sent yet, behind what waits here; it is empty then.</summary>
    public void Append(Outbox other)
    {
        while (other._head is not null)
        {
            Add(other._head, 0, other._headSinceMs);
            other.Advance(other._head.Length);
        }
    }

    /// <summary>Forgets all but the head, which the socket or the host may have begun with.</summary>
    public void DropWaiting()
    {
        while (_waiting.TryDequeue(out Waiting waiting))
        {
            Bytes -= waiting.Buffer.Length;
            waiting.Buffer.Release();
        }
    }

    /// <summary>Forgets all that waits.</summary>
    public void Clear()
    {
        while (_head is not null) Advance(_head.Length - _headSent);
    }

    private readonly record struct Waiting(SharedBuffer Buffer, long SinceMs);
}
