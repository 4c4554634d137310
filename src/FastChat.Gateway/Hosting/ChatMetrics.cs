using System.Diagnostics.Metrics;
using FastChat.Fanout;
using FastChat.Fanout.Rooms;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Security;
using FastChat.Gateway.Transport;

namespace FastChat.Gateway.Hosting;

/// <summary>What a gateway holds at the moment, counted when somebody asks: with nobody connected and nothing under way, all but the rooms are 0.</summary>
internal sealed class ChatMetrics : IDisposable
{
    private readonly Meter _meter;

    /// <param name="chat">The meter's scope: two gateways in one process are told apart by it.</param>
    /// <param name="rooms">Counted.</param>
    /// <param name="limits">Counts connections from their admission to their end.</param>
    /// <param name="pipes">Counted.</param>
    /// <param name="epoll">Counted; null where the pipe host drives all.</param>
    public ChatMetrics(ChatCore chat, RoomDirectory rooms, ConnectionLimits limits, PipeHost pipes, EpollHost? epoll)
    {
        _meter = new Meter(FanoutMetrics.Meter.Name, version: null, tags: null, scope: chat);
        _meter.CreateObservableUpDownCounter("fastchat.connections.admitted", () => (long)limits.Count, "{connection}");
        _meter.CreateObservableUpDownCounter("fastchat.rooms", () => (long)rooms.Count, "{room}");
        _meter.CreateObservableUpDownCounter("fastchat.memberships", () => (long)rooms.MembershipCount, "{membership}");
        _meter.CreateObservableUpDownCounter("fastchat.batches.leased", () => (long)rooms.LeasedBatchCount, "{batch}");
        _meter.CreateObservableUpDownCounter("fastchat.buffers.leased", () => (long)pipes.Buffers.LeasedCount + (epoll?.Buffers.LeasedCount ?? 0), "{buffer}");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
