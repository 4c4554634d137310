using System.Net;
using System.Runtime.InteropServices;
using FastChat.Gateway.Transport;

namespace FastChat.Gateway.Tests.Transport;

public sealed unsafe class EpollEventsTests
{
    // uapi/linux/eventpoll.h: EPOLL_PACKED is for x86-64 only.
    [Theory]
    [InlineData(Architecture.X64, 12, 4)]
    [InlineData(Architecture.Arm64, 16, 8)]
    public void An_event_lies_where_the_kernel_of_the_processor_puts_it(Architecture architecture, int eventBytes, int dataAt)
    {
        EpollEvents events = new(3, architecture);
        events.Set(1, EpollEvent.In | EpollEvent.EdgeTriggered, 0x01020304);
        ReadOnlySpan<byte> bytes = new(events.Pointer, 3 * eventBytes);
        Assert.Equal(0x80000001u, BitConverter.ToUInt32(bytes[eventBytes..]));
        Assert.Equal(0x01020304ul, BitConverter.ToUInt64(bytes[(eventBytes + dataAt)..]));
        Assert.Equal(-1, bytes[..eventBytes].IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, bytes[(2 * eventBytes)..].IndexOfAnyExcept((byte)0));
        Assert.Equal(EpollEvent.In | EpollEvent.EdgeTriggered, events.EventsAt(1));
        Assert.Equal(0x01020304, events.SlotAt(1));
        Assert.Equal(3, events.Capacity);
    }

    [Fact]
    public void An_address_is_read_as_the_kernel_writes_it()
    {
        byte[] v4 = [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8080), AcceptedAddress.Read(v4));
        byte[] v6 = [10, 0, 0x1f, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 8080), AcceptedAddress.Read(v6));
    }
}
