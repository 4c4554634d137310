using System.Diagnostics;
using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Log;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Model;

namespace FastChat.Simulation.Stress;

/// <summary>The clients of the simulation against loops on real threads, over real sockets: what only happens when things happen at once.</summary>
public sealed class PipeHostStressTests
{
    private const int LoopCount = 4, CrowdCount = 4, ClientCount = 6;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Rooms = ["r0", "r1", "unwatched"];

    [Theory]
    [InlineData(false, 1024 * 1024)]
    [InlineData(false, 2000)]
    [InlineData(true, 4000)]
    public async Task Many_publishers_in_the_same_rooms_on_many_loops_see_one_order_and_lose_nothing(bool closesSlow, int outboxBytesMax)
    {
        RoomPolicy policy = new() { SlowConsumer = closesSlow ? SlowConsumer.Close : SlowConsumer.CatchUp, Retention = new RoomRetention(1_000_000, 256 * 1024 * 1024, TimeSpan.MaxValue) };
        FanoutSettings fanout = new() { ReconnectGrace = TimeSpan.FromMilliseconds(100), RoomsMax = 10 };
        using ThreadedGateway gateway = new(LoopCount, policy, fanout, new SessionLimits { OutboxBytesMax = outboxBytesMax });
        Truth truth = new();
        List<ModelClient> observers = [.. Rooms[..^1].Select(room => Observe(gateway, truth, room))];
        using CancellationTokenSource over = new(Patience);
        Task[] crowds = [.. Enumerable.Range(0, CrowdCount).Select(index => Task.Factory.StartNew(() => RunCrowd(gateway, truth, index, over.Token), over.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task watching = Task.Factory.StartNew(() => Watch(observers, crowds, gateway, over.Token), over.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll([.. crowds, watching]);

        foreach (ModelClient observer in observers)
        {
            RoomView view = observer.Rooms.Values.Single();
            Assert.True(gateway.Rooms.TryFind(Encoding.ASCII.GetBytes(view.Room), out Room? room));
            Assert.Equal(room.Head, view.Run.Count);
            truth.Check(view.Room, Encoding.ASCII.GetString(RoomEpoch.Text(in room.Epoch)), view.Run);
            Assert.True(room.Head > 200, $"{room.Head} messages");
            observer.Wire!.Reset();
        }

        await gateway.AllOver.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => gateway.Host.Buffers.LeasedCount == 0 && gateway.Rooms.LeasedBatchCount == 0, Patience), $"{gateway.Host.Buffers.LeasedCount} buffers, {gateway.Rooms.LeasedBatchCount} batches");
        Assert.Empty(gateway.Faults);
    }

    private static void RunCrowd(ThreadedGateway gateway, Truth truth, int index, CancellationToken over)
    {
        Random random = new(index);
        List<ModelClient> clients = [];
        Mischief mischief = new(random, Rooms, clients);
        for (int i = 0; i < ClientCount; i++)
        {
            WireForm form = (WireForm)(i % 3);
            clients.Add(new ModelClient($"p{index}.{i / 2 * 2}", $"{i}.", () => random.Next(2) == 0 ? gateway.ConnectSocket(form) : gateway.ConnectPipe(form), truth));
        }

        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Duration)
        {
            mischief.Act(clients[random.Next(clients.Count)]);
            foreach (ModelClient client in clients) client.Move(random, all: random.Next(3) == 0);
            over.ThrowIfCancellationRequested();
        }

        // All is put right: what is quiet for a while, and has heard the newest, is settled.
        while (!clients.All(client => client.IsSettled && client.RoomsIn.All(view => view.Position!.Value.Offset == HeadOf(gateway, view.Room))))
        {
            foreach (ModelClient client in clients)
            {
                if (client.Wire is null) mischief.Return(client);
                client.Wire!.SetWindow(int.MaxValue);
                client.Move(random, all: true);
            }

            if (over.IsCancellationRequested) throw new TimeoutException(string.Join("; ", clients.Where(static client => !client.IsSettled)));
            Thread.Yield();
        }

        foreach (ModelClient client in clients) client.Wire?.Reset();
    }

    private static void Watch(List<ModelClient> observers, Task[] crowds, ThreadedGateway gateway, CancellationToken over)
    {
        Random random = new(99);
        while (!crowds.All(static crowd => crowd.IsCompleted) || observers.Any(observer => observer.Rooms.Values.Single() is RoomView view && view.Run.Count < HeadOf(gateway, view.Room)))
        {
            foreach (ModelClient observer in observers) observer.Move(random, all: true);
            over.ThrowIfCancellationRequested();
            Thread.Yield();
        }
    }

    private static ModelClient Observe(ThreadedGateway gateway, Truth truth, string room)
    {
        Random random = new(1);
        ModelClient observer = new($"watcher of {room}", "w", () => gateway.ConnectPipe(WireForm.MessagePackTcp), truth);
        observer.Connect(random);
        observer.Join(random, room);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                observer.Move(random, all: true);
                return observer.RoomsIn.Any();
            },
            Patience));
        return observer;
    }

    private static long HeadOf(ThreadedGateway gateway, string room) =>
        gateway.Rooms.TryFind(Encoding.ASCII.GetBytes(room), out Room? found) ? found.Head : -1;
}
