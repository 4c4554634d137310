using System.Net;

namespace FastChat.System.Tests.Kit;

/// <summary>What lies between a peer and the gateway's session.</summary>
public enum WayIn
{
    Plain,
    Tls,
    /// <summary>An upgrade after another request on the same connection, which Kestrel serves. TCP has none.</summary>
    Late,
    LateOverTls,
}

/// <summary>How a peer comes in, up to where its own handshake begins.</summary>
internal sealed record Route(WayIn Way = WayIn.Plain)
{
    /// <summary>Smaller than the system's choice for one that is to read slowly.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>What goes ahead of everything, such as a PROXY header.</summary>
    public byte[] Ahead { get; init; } = [];

    /// <summary>The own address, of 127.0.0.0/8; null for the system's choice.</summary>
    public IPAddress? From { get; init; }

    public static implicit operator Route(WayIn way) => new(way);

    private bool IsTls => Way is WayIn.Tls or WayIn.LateOverTls;

    /// <summary>Connects.</summary>
    /// <param name="gateway">Must serve TLS where the way needs it.</param>
    public async Task<WireConnection> OpenAsync(IGatewayUnderTest gateway)
    {
        WireConnection connection = await WireConnection.ConnectAsync(IsTls ? gateway.SecureAddress : gateway.Address, ReceiveBufferBytes, From);
        await connection.SendAsync(Ahead);
        if (IsTls) await connection.SecureAsync();
        if (Way is WayIn.Late or WayIn.LateOverTls) await Upgrade.AskEarlierAsync(connection);
        return connection;
    }
}
