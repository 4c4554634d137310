using System.Buffers;
using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Fanout.Delivery;

namespace FastChat.Benchmarks.Delivery;

/// <summary>What a slow member's socket refused, queued and sent later: by reference. The baseline queues a pooled copy for the member.</summary>
[MemoryDiagnoser]
[Covers(typeof(Outbox))]
public class OutboxBenchmarks
{
    private const int BufferBytes = 256;

    private readonly Outbox _outbox = new();
    private readonly Queue<byte[]> _copies = new();
    private SharedBuffer _buffer = null!;

    /// <summary>Buffers that wait.</summary>
    [Params(1, 64)]
    public int Waiting { get; set; } = 1;

    /// <summary>Fills a buffer and checks that all that is queued is sent.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _buffer = new SharedBufferPool().Rent(BufferBytes);
        _buffer.Writer.Write(new byte[BufferBytes]);
        Proof.Require(QueueAndSend() == Waiting * BufferBytes && _outbox.IsEmpty && _outbox.Bytes == 0, "all that is queued is sent");
        Proof.Require(QueueCopiesAndSend() == Waiting * BufferBytes, "the baseline does too");
    }

    [Benchmark(Baseline = true)]
    public int QueueCopiesAndSend()
    {
        for (int i = 0; i < Waiting; i++)
        {
            byte[] copy = ArrayPool<byte>.Shared.Rent(BufferBytes);
            _buffer.Span.CopyTo(copy);
            _copies.Enqueue(copy);
        }

        int sent = 0;
        while (_copies.TryDequeue(out byte[]? copy))
        {
            sent += BufferBytes;
            ArrayPool<byte>.Shared.Return(copy);
        }

        return sent;
    }

    [Benchmark]
    public int QueueAndSend()
    {
        for (int i = 0; i < Waiting; i++) _outbox.Add(_buffer, 0, 0);
        int sent = 0;
        while (!_outbox.IsEmpty)
        {
            int head = _outbox.Head.Length;
            sent += head;
            _outbox.Advance(head);
        }

        return sent;
    }
}
