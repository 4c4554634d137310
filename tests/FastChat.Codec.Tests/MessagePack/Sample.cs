using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.MessagePack;

/// <summary>A value as this codec's writer encodes it, and what it must be described as by whoever reads it.</summary>
internal sealed record Sample(string Text, byte[] Bytes)
{
    private delegate void Write(MessagePackWriter writer);

    public static Sample Nil { get; } = Make("nil", writer => writer.WriteNil());

    public static Sample Boolean(bool value) => Make(value ? "true" : "false", writer => writer.WriteBoolean(value));

    public static Sample Integer(long value) => Make(Description.OfInteger(value), writer => writer.WriteInt64(value));

    public static Sample Unsigned(ulong value) => Make(Description.OfInteger(value), writer => writer.WriteUInt64(value));

    public static Sample Single(float value) => Make(Description.OfDouble(value), writer => writer.WriteSingle(value));

    public static Sample Double(double value) => Make(Description.OfDouble(value), writer => writer.WriteDouble(value));

    public static Sample String(string value) => Make(Description.OfString(Encoding.UTF8.GetBytes(value)), writer => writer.WriteString(value));

    public static Sample Binary(byte[] value) => Make(Description.OfBinary(value), writer => writer.WriteBinary(value));

    public static Sample Extension(sbyte type, byte[] body) => Make(Description.OfExtension(type, body), writer => writer.WriteExtension(type, body));

    public static Sample Timestamp(long seconds, int nanoseconds) => Make(
        Description.OfTimestamp(seconds, nanoseconds), writer => writer.WriteTimestamp(new MessagePackTimestamp(seconds, nanoseconds)));

    public static Sample Array(params IReadOnlyList<Sample> items) => new(
        $"[{string.Join(',', items.Select(item => item.Text))}]",
        [.. Make("", writer => writer.WriteArrayHeader(items.Count)).Bytes, .. items.SelectMany(item => item.Bytes)]);

    public static Sample Map(params IReadOnlyList<(Sample Key, Sample Value)> pairs) => new(
        $"{{{string.Join(',', pairs.Select(pair => pair.Key.Text + "=" + pair.Value.Text))}}}",
        [.. Make("", writer => writer.WriteMapHeader(pairs.Count)).Bytes, .. pairs.SelectMany(pair => pair.Key.Bytes.Concat(pair.Value.Bytes))]);

    /// <summary>Values at the edges of every format.</summary>
    public static IEnumerable<Sample> Edges()
    {
        yield return Nil;
        yield return Boolean(false);
        yield return Boolean(true);
        foreach (int bits in (int[])[0, 4, 5, 7, 8, 15, 16, 31, 32, 53, 62])
        {
            for (long near = -2; near <= 2; near++)
            {
                yield return Integer((1L << bits) + near);
                yield return Integer(-(1L << bits) + near);
            }
        }
        foreach (long value in (long[])[long.MaxValue, long.MinValue, long.MinValue + 1]) yield return Integer(value);
        foreach (ulong value in (ulong[])[1UL << 63, (1UL << 63) + 1, ulong.MaxValue]) yield return Unsigned(value);
        foreach (double value in (double[])
            [0.0, -0.0, 0.5, -0.1, 1.0, 1e300, double.Epsilon, double.MaxValue, 9007199254740993.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            yield return Double(value);
            if ((float)value == value || double.IsNaN(value)) yield return Single((float)value);
        }
        foreach (int length in (int[])[0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 255, 256, 65_535, 65_536])
        {
            yield return String(new string('x', length));
            yield return Binary([.. Enumerable.Range(0, length).Select(i => (byte)i)]);
            yield return Extension((sbyte)(length % 100), new byte[length]);
            if (length > 256) continue;
            yield return Array([.. Enumerable.Repeat(Nil, length)]);
            yield return Map([.. Enumerable.Range(0, length).Select(i => (String($"k{i}"), Integer(i)))]);
        }
        foreach (string text in (string[])["ü", "日本", "🍺", "\0\u0001\n\"\\", "\u2028\ufeff\uffff"]) yield return String(text);
        foreach (long seconds in (long[])[0, 1, uint.MaxValue, 1L + uint.MaxValue, (1L << 34) - 1, 1L << 34, -1, 253_402_300_799])
        {
            yield return Timestamp(seconds, 0);
            yield return Timestamp(seconds, 1);
            yield return Timestamp(seconds, 999_999_999);
        }
        yield return Array(Map((String("a"), Array(Map(), Array())), (String("b"), Map((String("c"), Nil)))), Binary([0xff]));
    }

    /// <summary>Values of every type, arrays and maps of string keys inside one another.</summary>
    public static Gen<Sample> Generate() => Gen.Sized(size => Generate(Math.Min(size, 40), hasAnyKeys: false));

    /// <summary>The same, with maps whose keys are any values, repeat, or begin with <c>$</c> as the special objects of JSON do.</summary>
    public static Gen<Sample> GenerateWithAnyKeys() => Gen.Sized(size => Generate(Math.Min(size, 40), hasAnyKeys: true));

    public static Arbitrary<Sample> Arbitrary() => Generate().ToArbitrary();

    private static Gen<Sample> Generate(int size, bool hasAnyKeys)
    {
        Gen<Sample> text = ArbMap.Default.GeneratorFor<UnicodeString>().Select(value => String(value.Get));
        Gen<Sample> scalar = Gen.OneOf(
            Gen.Constant(Nil),
            ArbMap.Default.GeneratorFor<bool>().Select(Boolean),
            ArbMap.Default.GeneratorFor<int>().Select(value => Integer(value)),
            ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(value => Integer(value.Item)),
            ArbMap.Default.GeneratorFor<DoNotSize<ulong>>().Select(value => Unsigned(value.Item)),
            ArbMap.Default.GeneratorFor<float>().Select(Single),
            ArbMap.Default.GeneratorFor<double>().Select(Double),
            text,
            ArbMap.Default.GeneratorFor<byte[]>().Select(Binary),
            ArbMap.Default.GeneratorFor<byte[]>().SelectMany(body => Gen.Choose(0, 127).Select(type => Extension((sbyte)type, body))),
            ArbMap.Default.GeneratorFor<int>().SelectMany(seconds => Gen.Choose(0, 999_999_999).Select(ns => Timestamp(seconds * 100L, ns))));
        if (size < 2) return scalar;
        Gen<Sample> inner = Generate(size / 4, hasAnyKeys);
        Gen<Sample> dollar = Gen.Elements("$int", "$float", "$bin", "$ext", "$map", "$$map", "$", "$x").Select(String);
        Gen<Sample> anyKey = Gen.OneOf(dollar, text, inner);
        Gen<Sample> odd = hasAnyKeys
            ? Gen.OneOf(
                anyKey.Zip(inner).ListOf().Select(pairs => Map([.. pairs.Select(pair => (pair.Item1, pair.Item2))])),
                dollar.Zip(inner).Select(pair => Map((pair.Item1, pair.Item2))))
            : scalar;
        return Gen.Frequency(
            (1, odd),
            (3, scalar),
            (1, inner.ListOf().Select(items => Array([.. items]))),
            (1, text.Zip(inner).ListOf().Select(pairs => Map([.. pairs.Select(pair => (pair.Item1, pair.Item2)).DistinctBy(pair => pair.Item1.Text)]))));
    }

    private static Sample Make(string text, Write write)
    {
        using ByteWriter output = new();
        write(new MessagePackWriter(output));
        return new Sample(text, output.WrittenSpan.ToArray());
    }
}
