using System.Buffers;
using FastChat.Codec.Tcp;
using FastChat.Codec.WebSockets;

namespace FastChat.Gateway.Connections;

/// <summary>What a connection is, as far as its first bytes tell.</summary>
internal enum FirstBytesKind
{
    /// <summary>Too few to tell.</summary>
    Unknown,
    /// <summary>The TCP protocol, or on a port for it alone whatever is no part of it.</summary>
    Tcp,
    /// <summary>A whole head that asks for an upgrade, or for something else: see the request.</summary>
    Head,
    /// <summary>HTTP that is none of the gateway's.</summary>
    Http,
}

/// <summary>Tells the three kinds of connection apart that share a port. Pure.</summary>
internal static class FirstBytes
{
    // Kestrel takes heads of up to 32 KB; one that is longer than this is no upgrade of a browser's and is left to it.
    private const int HeadBytesMax = 16 * 1024;

    /// <summary>Looks at all that has come so far.</summary>
    /// <param name="bytes">From the connection's start, behind a PROXY header.</param>
    /// <param name="isHttpToo">False on a port for TCP alone.</param>
    /// <param name="request">The head, borrowed from <paramref name="bytes"/>, when there is a whole one.</param>
    /// <param name="headBytes">How long it is.</param>
    public static FirstBytesKind Look(ReadOnlySpan<byte> bytes, bool isHttpToo, out UpgradeRequest request, out int headBytes)
    {
        request = default;
        headBytes = 0;
        if (bytes.IsEmpty) return FirstBytesKind.Unknown;
        if (bytes[0] == TcpPreface.Frame[0] || !isHttpToo) return FirstBytesKind.Tcp;
        if (bytes[0] != (byte)'G' || bytes.Length > HeadBytesMax) return FirstBytesKind.Http;
        return UpgradeRequest.TryRead(bytes, out request, out headBytes) switch
        {
            OperationStatus.NeedMoreData => FirstBytesKind.Unknown,
            OperationStatus.Done => FirstBytesKind.Head,
            _ => FirstBytesKind.Http,
        };
    }
}
