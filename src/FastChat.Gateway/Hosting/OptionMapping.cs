using FastChat.Codec.WebSockets;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Commands;
using FastChat.Gateway.Options;
using FastChat.Gateway.Sessions;

namespace FastChat.Gateway.Hosting;

/// <summary>Turns what the operator set into what rooms, sessions and commands want to know.</summary>
internal static class OptionMapping
{
    /// <summary>For rooms.</summary>
    public static FanoutSettings ToFanout(GatewayOptions options) => new()
    {
        CreateOnJoin = options.Rooms.CreateOnJoin,
        RoomsMax = options.Limits.RoomsMax,
        RoomsMadePerHour = options.Limits.RoomsMadePerHour,
        DedupeWindow = options.Rooms.DedupeWindow,
        NoticeInterval = options.Presence.NoticeInterval,
        ReconnectGrace = options.Presence.ReconnectGrace,
        GuestNameHold = options.Auth.GuestNameHold,
    };

    /// <summary>For connections.</summary>
    public static SessionLimits ToSession(LimitsOptions limits) => new()
    {
        Receive = new ReceiveLimits(limits.MessageBytesMax, limits.FragmentsMax),
        HeartbeatInterval = limits.HeartbeatInterval,
        IdleTimeout = limits.IdleTimeout,
        HandshakeTimeout = limits.HandshakeTimeout,
        FirstMessageTimeout = limits.FirstMessageTimeout,
        MessageTimeout = limits.MessageTimeout,
        OutboxAgeMax = limits.OutboxAgeMax,
        OutboxBytesMax = limits.OutboxBytesMax,
        UnansweredPublishesMax = limits.UnansweredPublishes,
        UnansweredBytesMax = limits.UnansweredPublishBytes,
    };

    /// <summary>For commands.</summary>
    public static ChatLimits ToChat(GatewayOptions options) => new()
    {
        Guests = options.Auth.Guests,
        RoomsPerConnection = options.Limits.RoomsPerConnection,
        GuestPublishRate = options.Limits.GuestPublishRate,
        GuestPublishBurst = options.Limits.GuestPublishBurst,
        CommandRate = options.Limits.CommandRate,
        CommandBurst = options.Limits.CommandBurst,
        ErrorsMax = options.Limits.ErrorsMax,
    };

    /// <summary>Finds the policy of a room; rooms of one entry share one object.</summary>
    public static Func<RoomId, RoomPolicy> ToPolicies(RoomsOptions options)
    {
        RoomPolicies policies = new(options);
        Dictionary<RoomPolicyOptions, RoomPolicy> made = [];
        return id =>
        {
            RoomPolicyOptions entry = policies.Find(id.Ascii);
            lock (made)
            {
                if (!made.TryGetValue(entry, out RoomPolicy? policy)) made[entry] = policy = ToPolicy(entry, options.Deflate);
                return policy;
            }
        };
    }

    /// <summary>Whether compression is agreed on with clients that offer it: any room may have a use for it.</summary>
    public static bool AllowsDeflate(RoomsOptions options) => options.Deflate > 0 || options.Policies.Exists(static entry => entry.Deflate > 0);

    private static RoomPolicy ToPolicy(RoomPolicyOptions entry, int deflate) => new()
    {
        Retention = new RoomRetention(Math.Max(1, entry.Retention.Messages), entry.Retention.Bytes, entry.Retention.Age ?? TimeSpan.MaxValue),
        HistoryMax = entry.History,
        SlowConsumer = entry.SlowConsumer switch
        {
            SlowConsumerPolicy.CatchUp => SlowConsumer.CatchUp,
            SlowConsumerPolicy.Close => SlowConsumer.Close,
            _ => SlowConsumer.Skip,
        },
        PresenceEventsMax = entry.PresenceEventsMax,
        DeflateBytesMin = (entry.Deflate ?? deflate) is > 0 and int bytes ? bytes : int.MaxValue,
    };
}
