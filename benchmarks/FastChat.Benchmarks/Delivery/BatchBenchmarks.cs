using BenchmarkDotNet.Attributes;
using FastChat.Benchmarks.Kit;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Presence;
using FastChat.Fanout.Rooms;

namespace FastChat.Benchmarks.Delivery;

/// <summary>
/// A room's batch from the first publication to the last release, encoded once for MessagePack and once for JSON. The baseline encodes
/// what ten members of each get for each of them.
/// </summary>
[MemoryDiagnoser]
[Covers(typeof(Batch))]
public class BatchBenchmarks : IDisposable
{
    private const int MembersOfEach = 10;

    private readonly BenchmarkGateway _gateway = new();
    private readonly Person _author = new(new PersonId(7), "alice"u8, "alice");
    private readonly ByteWriter _own = new(65_536);
    private Room _room = null!;

    /// <summary>Publications in the batch.</summary>
    [Params(1, 16)]
    public int Publications { get; set; } = 1;

    /// <summary>Makes the room and checks that a batch holds what each member would get.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _room = _gateway.MakeRoom("general"u8);
        Proof.Require(AddSealRelease() > 0 && AddSealRelease() == EncodeForEach() / MembersOfEach, "a batch is what each member gets");
        Proof.Require(_gateway.Loop.Buffers.LeasedCount == 0 && _gateway.Rooms.LeasedBatchCount == 0, "everything comes back");
    }

    [Benchmark(Baseline = true)]
    public int EncodeForEach()
    {
        Batch batch = Fill();
        int bytes = 0;
        for (int i = 0; i < MembersOfEach; i++)
        {
            _own.Clear();
            batch.Encode(_own, WireForm.MessagePackWebSocket, null);
            batch.Encode(_own, WireForm.JsonWebSocket, null);
            bytes += _own.Length;
        }

        batch.Release();
        return bytes;
    }

    [Benchmark]
    public int AddSealRelease()
    {
        Batch batch = Fill();
        batch.Seal(_room.Epoch, [MembersOfEach, 0, MembersOfEach, 0, 0], _gateway.Loop);
        int bytes = batch.BytesOf(WireForm.MessagePackWebSocket)!.Length + batch.BytesOf(WireForm.JsonWebSocket)!.Length;
        batch.Release();
        return bytes;
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _own.Dispose();
        GC.SuppressFinalize(this);
    }

    private Batch Fill()
    {
        Batch batch = _gateway.Rooms.RentBatch(_room, isEphemeral: false);
        for (int i = 0; i < Publications; i++) batch.Add(new BatchEntry { Kind = BatchEntryKind.Msg, Author = _author, Number = i + 1 }, SampleMessages.Publication);
        return batch;
    }
}
