using System.Text;
using FastChat.Codec.Messages;
using FastChat.Fanout.Delivery;
using FastChat.Fanout.Log;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Sessions;
using FastChat.Simulation.Model;

namespace FastChat.Simulation.Stress;

/// <summary>The clients of the simulation against loops on real threads, over real sockets: what only happens when things happen at once.</summary>
public sealed class PipeHostStressTests
{
    private const int LoopCount = 4, CrowdCount = 4, ClientCount = 6, ActCount = 700;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
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
        Truth truth = new(new Names(TimeProvider.System, fanout.GuestNameHold));
        List<ModelClient> observers = [.. Rooms[..^1].Select(room => Observe(gateway, truth, room))];
        using CancellationTokenSource over = new(Patience);
        Task[] crowds = [.. Enumerable.Range(0, CrowdCount).Select(index => Task.Run(() => RunCrowdAsync(gateway, truth, index, over.Token), over.Token))];
        Task watching = Task.Run(() => WatchAsync(observers, crowds, gateway, over.Token), over.Token);
        await Task.WhenAll([.. crowds, watching]);

        foreach (ModelClient observer in observers)
        {
            RoomView view = observer.Rooms.Values.Single();
            Assert.True(gateway.Rooms.TryFind(Encoding.ASCII.GetBytes(view.Room), out Room? room));
            Assert.Equal(room.Head, view.Run.Count);
            truth.Check(view.Room, Encoding.ASCII.GetString(RoomEpoch.Text(in room.Epoch)), view.Run);
            Assert.True(room.Head > 300, $"{room.Head} messages");
            observer.Wire!.Reset();
        }

        await gateway.AllOver.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => gateway.Host.Buffers.LeasedCount == 0 && gateway.Rooms.LeasedBatchCount == 0, Patience), $"{gateway.Host.Buffers.LeasedCount} buffers, {gateway.Rooms.LeasedBatchCount} batches");
        Assert.Empty(gateway.Faults);
    }

    private static async Task RunCrowdAsync(ThreadedGateway gateway, Truth truth, int index, CancellationToken over)
    {
        Random random = new(index);
        List<ModelClient> clients = [];
        Mischief mischief = new(random, Rooms, clients);
        for (int i = 0; i < ClientCount; i++)
        {
            WireForm form = (WireForm)(i % WireForms.Count);
            clients.Add(new ModelClient($"p{index}.{i / 2 * 2}", $"{i}.", () => random.Next(2) == 0 ? gateway.ConnectSocket(form) : gateway.ConnectPipe(form), truth));
        }

        for (int i = 0; i < ActCount; i++)
        {
            mischief.Act(clients[random.Next(1, clients.Count)]);
            Talk(clients[0], mischief, random);
            foreach (ModelClient client in clients) client.Move(random, all: random.Next(3) == 0);
            await YieldAsync(over);
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
            await Task.Yield();
        }

        foreach (ModelClient client in clients) client.Wire?.Reset();
    }

    private static async Task WatchAsync(List<ModelClient> observers, Task[] crowds, ThreadedGateway gateway, CancellationToken over)
    {
        Random random = new(99);
        while (!crowds.All(static crowd => crowd.IsCompleted) || observers.Any(observer => observer.Rooms.Values.Single() is RoomView view && view.Run.Count < HeadOf(gateway, view.Room)))
        {
            foreach (ModelClient observer in observers) observer.Move(random, all: true);
            await YieldAsync(over);
        }
    }

    /// <summary>One of each crowd has nothing but talk in mind, in every room.</summary>
    private static void Talk(ModelClient client, Mischief mischief, Random random)
    {
        if (client.Wire is null)
        {
            mischief.Return(client);
            foreach (string room in Rooms) client.Join(random, room);
        }
        else if (client.CanSpeak && client.UnackedCount < 30)
        {
            foreach (RoomView view in client.RoomsIn) client.Publish(random, view);
        }
    }

    /// <summary>Lets the loops have the threads: clients that poll would take them all.</summary>
    private static async Task YieldAsync(CancellationToken over)
    {
        over.ThrowIfCancellationRequested();
        await Task.Yield();
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
