using FastChat.System.Tests.Kit;
using static FastChat.System.Tests.Conformance.EchoCase;

namespace FastChat.System.Tests.Conformance;

/// <summary>What Autobahn's sections 1 to 5 check: sizes, pings and pongs, reserved bits, opcodes, fragments.</summary>
internal static class FramingCases
{
    private const int ProtocolError = 1002;

    private static readonly int[] s_sizes = [0, 125, 126, 127, 128, 65535, 65536];

    /// <summary>1: messages of each length form.</summary>
    public static IEnumerable<EchoCase> Sizes() =>
        from size in s_sizes
        from opcode in new[] { WireFrame.Text, WireFrame.Binary }
        select Echoed($"1: {size} bytes, opcode {opcode}", opcode, opcode == WireFrame.Text ? Text(size) : Bytes(size));

    /// <summary>2: pings are answered with their payload, pongs with nothing.</summary>
    public static IEnumerable<EchoCase> PingsAndPongs()
    {
        foreach (byte[] payload in new[] { [], Utf8("Hello, world!"), [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF], Bytes(125) })
            yield return new EchoCase($"2: ping of {payload.Length} bytes", [WireFrame.Of(WireFrame.Ping, payload)], [(WireFrame.Pong, payload)]);
        yield return Refused("2.5: ping of 126 bytes", ProtocolError, WireFrame.Of(WireFrame.Ping, Bytes(126)));
        yield return Refused("2: ping of 65,536 bytes", ProtocolError, WireFrame.Of(WireFrame.Ping, Bytes(65536)));
        yield return Refused("2: ping that claims 2^63-1 bytes", ProtocolError, WireFrame.HeaderClaiming(WireFrame.Ping, long.MaxValue));
        yield return Refused("2: pong of 126 bytes", ProtocolError, WireFrame.Of(WireFrame.Pong, Bytes(126)));
        byte[] ping = WireFrame.Of(WireFrame.Ping, "p");
        yield return new EchoCase("2.7: pong", [WireFrame.Of(WireFrame.Pong, "")], []);
        yield return new EchoCase("2.8: pong with payload", [WireFrame.Of(WireFrame.Pong, "unasked")], []);
        yield return new EchoCase("2.9: pong, then ping", [WireFrame.Of(WireFrame.Pong, "unasked"), ping], [(WireFrame.Pong, Utf8("p"))]);
        yield return new EchoCase(
            "2.10: ten pings",
            [.. Enumerable.Range(0, 10).Select(i => WireFrame.Of(WireFrame.Ping, $"payload-{i}"))],
            [.. Enumerable.Range(0, 10).Select(i => (WireFrame.Pong, Utf8($"payload-{i}")))]);
    }

    /// <summary>3: reserved bits, after and before good frames; what came before is echoed first.</summary>
    public static IEnumerable<EchoCase> ReservedBits()
    {
        byte[] small = Utf8("small message");
        byte[] good = WireFrame.Of(WireFrame.Text, small);
        byte[] ping = WireFrame.Of(WireFrame.Ping, "never answered");
        for (int reserved = 1; reserved < 8; reserved++)
        {
            foreach (int opcode in new[] { WireFrame.Text, WireFrame.Binary, WireFrame.Ping, WireFrame.Pong, WireFrame.Close })
            {
                byte[] bad = WireFrame.Of(opcode, opcode == WireFrame.Close ? WireFrame.ClosePayload(1000) : small, reserved: reserved);
                yield return Refused($"3: reserved {reserved}, opcode {opcode}", ProtocolError, bad);
                yield return new EchoCase($"3: message, reserved {reserved} on {opcode}, ping", [good, bad, ping], [(WireFrame.Text, small)], ProtocolError);
            }
            byte[] continuation = WireFrame.Of(WireFrame.Continuation, "b", reserved: reserved);
            yield return Refused($"3: reserved {reserved} on a continuation", ProtocolError, WireFrame.Of(WireFrame.Text, "a", isFinal: false), continuation);
        }
    }

    /// <summary>4: reserved opcodes, the same.</summary>
    public static IEnumerable<EchoCase> Opcodes()
    {
        byte[] small = Utf8("small message");
        byte[] good = WireFrame.Of(WireFrame.Text, small);
        foreach (int opcode in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            yield return Refused($"4: opcode {opcode}, empty", ProtocolError, WireFrame.Of(opcode, ""));
            yield return Refused($"4: opcode {opcode} with payload", ProtocolError, WireFrame.Of(opcode, "reserved"));
            yield return new EchoCase(
                $"4: message, opcode {opcode}, ping", [good, WireFrame.Of(opcode, "reserved"), WireFrame.Of(WireFrame.Ping, "never")],
                [(WireFrame.Text, small)], ProtocolError);
            yield return Refused($"4: opcode {opcode} within a message", ProtocolError, WireFrame.Of(WireFrame.Text, "a", isFinal: false), WireFrame.Of(opcode, "b"));
        }
        yield return Refused("4: unmasked", ProtocolError, WireFrame.Of(WireFrame.Text, small, isMasked: false));
        yield return new EchoCase("4: message, unmasked ping", [good, WireFrame.Of(WireFrame.Ping, small, isMasked: false)], [(WireFrame.Text, small)], ProtocolError);
        yield return Refused("4: a length with its highest bit", ProtocolError, WireFrame.HeaderClaiming(WireFrame.Binary, 1UL << 63));
    }

    /// <summary>5: fragments, with control frames between them, and continuations of nothing.</summary>
    public static IEnumerable<EchoCase> Fragments()
    {
        byte[] first = WireFrame.Of(WireFrame.Text, "fragment1", isFinal: false);
        byte[] last = WireFrame.Of(WireFrame.Continuation, "fragment2");
        byte[] middle = WireFrame.Of(WireFrame.Continuation, "fragment2", isFinal: false);
        byte[] ping = WireFrame.Of(WireFrame.Ping, "between");
        byte[] whole = WireFrame.Of(WireFrame.Text, "Hello, world!");
        (int, byte[]) both = (WireFrame.Text, Utf8("fragment1fragment2"));
        (int, byte[]) pong = (WireFrame.Pong, Utf8("between"));
        (int, byte[]) hello = (WireFrame.Text, Utf8("Hello, world!"));
        yield return Refused("5.1: ping in fragments", ProtocolError, WireFrame.Of(WireFrame.Ping, "a", isFinal: false), last);
        yield return Refused("5.2: pong in fragments", ProtocolError, WireFrame.Of(WireFrame.Pong, "a", isFinal: false), last);
        yield return Refused("5: close in fragments", ProtocolError, WireFrame.Of(WireFrame.Close, WireFrame.ClosePayload(1000), isFinal: false), last);
        yield return new EchoCase("5.3: two fragments", [first, last], [both]);
        yield return new EchoCase("5.6: ping between fragments", [first, ping, last], [pong, both]);
        yield return new EchoCase("5: empty fragments", [first, WireFrame.Of(WireFrame.Continuation, "", isFinal: false), last], [both]);
        yield return new EchoCase("5: nothing but empty fragments",
            [WireFrame.Of(WireFrame.Text, "", isFinal: false), WireFrame.Of(WireFrame.Continuation, "", isFinal: false), WireFrame.Of(WireFrame.Continuation, "")],
            [(WireFrame.Text, [])]);
        foreach (byte[] continuation in new[] { last, middle })
        {
            bool isFinal = continuation == last;
            yield return Refused($"5.9: continuation of nothing, FIN {isFinal}", ProtocolError, continuation, whole);
            yield return new EchoCase($"5.15: message, continuation of nothing, FIN {isFinal}", [first, last, continuation, whole], [both], ProtocolError);
            yield return new EchoCase($"5: whole message, continuation of nothing, FIN {isFinal}", [whole, continuation], [hello], ProtocolError);
        }
        yield return Refused("5.16: continuation, then text, twice", ProtocolError, middle, whole, middle, whole);
        yield return Refused("5.18: text within a text", ProtocolError, first, whole);
        yield return Refused("5: binary within a text", ProtocolError, first, WireFrame.Of(WireFrame.Binary, "b"));
        yield return new EchoCase("5.19: five fragments and pings",
            [first, middle, ping, middle, middle, ping, last],
            [pong, pong, (WireFrame.Text, Utf8("fragment1fragment2fragment2fragment2fragment2"))]);
        yield return new EchoCase("5: two messages in fragments", [first, last, first, ping, last, whole], [both, pong, both, hello]);
    }
}
