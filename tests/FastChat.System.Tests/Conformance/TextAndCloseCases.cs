using FastChat.System.Tests.Kit;
using static FastChat.System.Tests.Conformance.EchoCase;

namespace FastChat.System.Tests.Conformance;

/// <summary>What Autobahn's sections 6 and 7 check: UTF-8 and the close.</summary>
internal static class TextAndCloseCases
{
    private const int ProtocolError = 1002;
    private const int InvalidUtf8 = 1007;

    private static readonly int[] s_validCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    private static readonly int[] s_invalidCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];

    // Boundaries of every length, and non-characters, which are valid.
    private static readonly string[] s_valid =
    [
        "00", "7F", "C280", "DFBF", "E0A080", "EFBFBF", "ED9FBF", "EE8080", "EFBFBD", "F0908080", "F48FBFBF", "EFBFBE", "F09FBFBE", "F3BFBFBF", "EFB790", "EFBBBF61",
        "48656C6C6F2DC2B540C39FC3B6C3A4C3BCC3A0C3A12D5554462D382121", "CEBAE1BDB9CF83CEBCCEB5",
    ];

    // Lonely and missing continuations, bytes that never occur, overlong forms, surrogates, beyond U+10FFFF.
    private static readonly string[] s_invalid =
    [
        "80", "BF", "8080", "80BF80BF80BF", "C0", "C1", "F5", "F8", "FC", "FE", "FF", "C3", "E282", "F09F98", "C320", "E28220", "F09F9820",
        "C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF", "C1BF", "E09FBF", "F08FBFBF", "C080", "E08080", "F0808080",
        "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBFBF", "EDA080EDB080", "EDAFBFEDBFBF",
        "F4908080", "F7BFBFBF", "F888808080", "FC8480808080", "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564", "CEBAE1BDB9CF83CEBCCEB5F490808065", "48656C6C6FFF", "FF48656C6C6F",
    ];

    /// <summary>6: valid and invalid text, whole and in fragments of every size.</summary>
    public static IEnumerable<EchoCase> Text()
    {
        yield return Echoed("6.1.1: empty", WireFrame.Text, []);
        yield return new EchoCase("6.1.3: empty ends around text",
            [WireFrame.Of(WireFrame.Text, "", isFinal: false), WireFrame.Of(WireFrame.Continuation, "middle", isFinal: false), WireFrame.Of(WireFrame.Continuation, "")],
            [(WireFrame.Text, Utf8("middle"))]);
        foreach (string hex in s_valid)
        {
            byte[] text = Convert.FromHexString(hex);
            yield return Echoed($"6: {hex}", WireFrame.Text, text);
            for (int size = 1; size < Math.Min(text.Length, 5); size++)
                yield return new EchoCase($"6: {hex} in fragments of {size}", Fragmented(WireFrame.Text, text, size), [(WireFrame.Text, text)]);
        }
        foreach (string hex in s_invalid)
        {
            byte[] text = Convert.FromHexString(hex);
            yield return Refused($"6: invalid {hex}", InvalidUtf8, WireFrame.Of(WireFrame.Text, text));
            yield return new EchoCase($"6: message, invalid {hex}", [WireFrame.Of(WireFrame.Text, "good"), WireFrame.Of(WireFrame.Text, text)], [(WireFrame.Text, Utf8("good"))], InvalidUtf8);
            yield return Echoed($"6: binary {hex}", WireFrame.Binary, text);
            for (int size = 1; size < Math.Min(text.Length, 4); size++)
                yield return Refused($"6: invalid {hex} in fragments of {size}", InvalidUtf8, Fragmented(WireFrame.Text, text, size));
        }
    }

    /// <summary>6.4: what is sent is only as much as shows that it is wrong: the rest of the frame or message never comes.</summary>
    public static IEnumerable<EchoCase> TextThatFailsFast()
    {
        foreach (string bad in new[] { "F490", "EDA0", "FF", "C0", "E080", "F080", "F5", "C320", "80" })
        {
            byte[] text = [.. Utf8("κόσμε"), .. Convert.FromHexString(bad)];
            yield return Refused($"6.4.1: {bad} at the end of a fragment", InvalidUtf8, WireFrame.Of(WireFrame.Text, text, isFinal: false));
            yield return Refused($"6.4.1: {bad} over two fragments", InvalidUtf8, Fragmented(WireFrame.Text, [.. text, 0x65], text.Length - 1)[0], WireFrame.Of(WireFrame.Continuation, text.AsSpan(text.Length - 1), isFinal: false));
            byte[] whole = WireFrame.Of(WireFrame.Text, [.. text, .. EchoCase.Text(100)]);
            yield return Refused($"6.4.3: {bad} within a frame", InvalidUtf8, whole[..^100]);
            byte[] large = WireFrame.Of(WireFrame.Text, [.. text, .. EchoCase.Text(100_000)]);
            yield return Refused($"6.4.3: {bad} within a large frame", InvalidUtf8, large[..^100_000]);
        }
    }

    /// <summary>7: the close in both directions, its codes and reasons.</summary>
    public static IEnumerable<EchoCase> Closes()
    {
        byte[] hello = Utf8("Hello World!");
        byte[] text = WireFrame.Of(WireFrame.Text, hello);
        byte[] close = WireFrame.CloseOf(1000);
        byte[] ping = WireFrame.Of(WireFrame.Ping, "after the close");
        (int, byte[])[] echo = [(WireFrame.Text, hello)];
        yield return new EchoCase("7.1.1: message, close", [text, close], echo, 1000) { SendsValidClose = true };
        yield return new EchoCase("7.1.2: two closes", [close, close], [], 1000) { SendsValidClose = true };
        yield return new EchoCase("7.1.3: ping after the close", [close, ping], [], 1000) { SendsValidClose = true };
        yield return new EchoCase("7.1.4: text after the close", [close, text], [], 1000) { SendsValidClose = true };
        yield return new EchoCase("7.1.5: close within a message", [WireFrame.Of(WireFrame.Text, "a", isFinal: false), close, WireFrame.Of(WireFrame.Continuation, "b")], [], 1000) { SendsValidClose = true };
        yield return new EchoCase("7.1.6: large message, close, ping", [WireFrame.Of(WireFrame.Text, EchoCase.Text(256 * 1024)), text, close, ping], [(WireFrame.Text, EchoCase.Text(256 * 1024)), .. echo], 1000) { SendsValidClose = true };
        yield return new EchoCase("7: garbage after the close", [text, close, EchoCase.Bytes(5000)], echo, 1000) { SendsValidClose = true };
        yield return new EchoCase("7.3.1: close without a code", [text, WireFrame.Of(WireFrame.Close, "")], echo, 0) { SendsValidClose = true };
        yield return new EchoCase("7.3.2: close of one byte", [text, WireFrame.Of(WireFrame.Close, "a")], echo, ProtocolError);
        yield return new EchoCase("7.3.4: close with a reason", [text, WireFrame.CloseOf(1000, Utf8("Hello World! Grüße"))], echo, 1000) { SendsValidClose = true };
        yield return new EchoCase("7.3.5: close with the longest reason", [text, WireFrame.CloseOf(1000, EchoCase.Text(123))], echo, 1000) { SendsValidClose = true };
        yield return new EchoCase("7.3.6: close with too long a reason", [text, WireFrame.CloseOf(1000, EchoCase.Text(124))], echo, ProtocolError);
        yield return new EchoCase("7.5.1: close whose reason is not UTF-8", [text, WireFrame.CloseOf(1000, Convert.FromHexString("CEBAE1BDB9CF83CEBCCEB5EDA080656469746564"))], echo, InvalidUtf8);
        foreach (int code in s_validCodes)
        {
            yield return new EchoCase($"7.7: close {code}", [text, WireFrame.CloseOf(code)], echo, code) { SendsValidClose = true };
            yield return new EchoCase($"7.7: close {code} with a reason", [WireFrame.CloseOf(code, Utf8("why"))], [], code) { SendsValidClose = true };
        }
        foreach (int code in s_invalidCodes)
        {
            yield return new EchoCase($"7.9: close {code}", [text, WireFrame.CloseOf(code)], echo, ProtocolError);
            yield return Refused($"7.9: close {code} with a reason", ProtocolError, WireFrame.CloseOf(code, Utf8("why")));
        }
    }
}
