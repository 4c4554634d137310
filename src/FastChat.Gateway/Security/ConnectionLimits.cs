using System.Net;
using System.Runtime.InteropServices;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Security;

/// <summary>Counts chat connections, in all and by address, and says when one too many wants in. Thread-safe.</summary>
/// <remarks>Invariant: the counts by address add up to the count of all. Memory is bounded by the connections themselves and by <see cref="AddressRates"/>.</remarks>
internal sealed class ConnectionLimits
{
    /// <summary>What who cannot come in is told when it depends on others leaving.</summary>
    private static readonly TimeSpan s_fullDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly int _connectionsMax;
    private readonly int _addressConnections;
    private readonly bool _applyToLoopback;
    private readonly AddressRates _connects;

    // Guarded by _gate.
    private readonly Dictionary<ulong, int> _open = [];
    private int _count;

    /// <param name="limits">Already checked.</param>
    /// <param name="connectionsMax"><see cref="LimitsOptions.ConnectionsMax"/>, or what stands for it when it is not set.</param>
    /// <param name="time">Its timestamps are used.</param>
    public ConnectionLimits(LimitsOptions limits, int connectionsMax, TimeProvider time)
    {
        _connectionsMax = connectionsMax;
        _addressConnections = limits.AddressConnections;
        _applyToLoopback = limits.ApplyToLoopback;
        _connects = new AddressRates(limits.AddressConnectRate, limits.AddressConnectRate, time);
    }

    /// <summary>Chat connections that came in and did not leave yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether the limits by address are not for this client.</summary>
    /// <param name="client">Who speaks.</param>
    /// <param name="isForwarded"><see cref="ForwardedClient.IsForwarded"/>.</param>
    public bool IsExempt(IPAddress client, bool isForwarded) => !_applyToLoopback && !isForwarded && IPAddress.IsLoopback(client);

    /// <summary>Counts a connection in. Who came in calls <see cref="Leave(ulong)"/> once; who was refused does not.</summary>
    /// <param name="client">Who speaks.</param>
    /// <param name="isForwarded"><see cref="ForwardedClient.IsForwarded"/>.</param>
    /// <param name="retryAfter">When refused: when to try again.</param>
    public ConnectionRefusal TryEnter(IPAddress client, bool isForwarded, out TimeSpan retryAfter)
    {
        ulong key = AddressKey.Of(client);
        bool isExempt = IsExempt(client, isForwarded);
        retryAfter = s_fullDelay;
        lock (_gate)
        {
            if (_count >= _connectionsMax) return ConnectionRefusal.GatewayFull;
            if (!isExempt && _open.GetValueOrDefault(key) >= _addressConnections) return ConnectionRefusal.AddressFull;
            // Takes its own lock within ours; it calls nobody.
            if (!isExempt && !_connects.TryTake(key, out retryAfter)) return ConnectionRefusal.AddressTooFast;
            CollectionsMarshal.GetValueRefOrAddDefault(_open, key, out _)++;
            _count++;
        }
        retryAfter = TimeSpan.Zero;
        return ConnectionRefusal.None;
    }

    /// <summary>Counts a connection out that came in with the same address.</summary>
    public void Leave(IPAddress client) => Leave(AddressKey.Of(client));

    /// <summary>Counts a connection out that came in with an address of that <see cref="AddressKey"/>.</summary>
    public void Leave(ulong key)
    {
        lock (_gate)
        {
            _count--;
            ref int open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, key, out _);
            if (--open <= 0) _open.Remove(key);
        }
    }
}

/// <summary>Why a connection may not come in.</summary>
internal enum ConnectionRefusal
{
    None,

    /// <summary><c>Limits:ConnectionsMax</c>: HTTP 503, close code 4003.</summary>
    GatewayFull,

    /// <summary><c>Limits:AddressConnections</c>: HTTP 429, close code 4004.</summary>
    AddressFull,

    /// <summary><c>Limits:AddressConnectRate</c>: HTTP 429, close code 4004.</summary>
    AddressTooFast,
}
