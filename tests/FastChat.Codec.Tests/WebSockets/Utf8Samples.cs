using System.Text;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Valid and invalid byte sequences, in hexadecimal: the boundaries of every length, and the classic ways to be wrong.</summary>
internal static class Utf8Samples
{
    public static readonly string[] Valid =
    [
        "",
        "00",
        "7F",
        Hex("Hello-µ@ßöäüàá-UTF-8!!"),
        Hex("κόσμε"),
        Hex("日本語 👩‍👩‍👧 ✓"),
        "C280", "DFBF", // U+0080, U+07FF
        "E0A080", "EFBFBF", // U+0800, U+FFFF
        "ED9FBF", "EE8080", "EFBFBD", // around the surrogates; the replacement character
        "F0908080", "F48FBFBF", // U+10000, U+10FFFF
        "EFBFBE", "F09FBFBE", "F09FBFBF", "F3BFBFBF", "EFB790", // noncharacters are valid
        "EFBBBF61", // a byte order mark
    ];

    public static readonly string[] Invalid =
    [
        "80", "BF", "8080", "80BF80BF80BF", // continuation bytes alone
        "C0", "C1", "F5", "F8", "FC", "FE", "FF", // bytes that never occur
        "C3", "E282", "F09F98", // cut off at the end
        "C320", "E28220", "F09F9820", // cut off by a space
        "C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF", // overlong slash
        "C1BF", "E09FBF", "F08FBFBF", // largest overlong
        "C080", "E08080", "F0808080", // overlong NUL
        "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBFBF", // surrogates
        "EDA080EDB080", "EDAFBFEDBFBF", // surrogate pairs
        "F4908080", "F5808080", "F7BFBFBF", "F888808080", "FC8480808080", // above U+10FFFF
        "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564", // κόσμε, a surrogate, "edited"
        "CEBAE1BDB9CF83CEBCCEB5F490808065", // κόσμε, U+110000, "e"
        "48656C6C6FFF", "FF48656C6C6F",
    ];

    public static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
