using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;
using FastChat.Codec.Messages;
using FastChat.Codec.Tests.MessagePack;

namespace FastChat.Codec.Tests.Json;

/// <summary>The mapping of docs/data-in-json.md.</summary>
public sealed class MessagePackJsonTests
{
    [Theory]
    [InlineData("c0", "null")]
    [InlineData("c2", "false")]
    [InlineData("c3", "true")]
    [InlineData("a5 68 65 6c 6c 6f", "\"hello\"")]
    [InlineData("a0", "\"\"")]
    [InlineData("a4 22 5c 0a 1f", "\"\\\"\\\\\\n\\u001f\"")]
    [InlineData("a5 08 09 0c 0d 7f", "\"\\b\\t\\f\\r\u007f\"")]
    [InlineData("a4 f0 9f 8d ba", "\"🍺\"")]
    [InlineData("00", "0")]
    [InlineData("ff", "-1")]
    [InlineData("cf 00 1f ff ff ff ff ff ff", "9007199254740991")]
    [InlineData("d3 ff e0 00 00 00 00 00 01", "-9007199254740991")]
    [InlineData("cf 00 20 00 00 00 00 00 00", "{\"$int\":\"9007199254740992\"}")]
    [InlineData("d3 ff e0 00 00 00 00 00 00", "{\"$int\":\"-9007199254740992\"}")]
    [InlineData("d3 80 00 00 00 00 00 00 00", "{\"$int\":\"-9223372036854775808\"}")]
    [InlineData("cf ff ff ff ff ff ff ff ff", "{\"$int\":\"18446744073709551615\"}")]
    [InlineData("cb 3f f0 00 00 00 00 00 00", "1.0")]
    [InlineData("cb 80 00 00 00 00 00 00 00", "-0.0")]
    [InlineData("cb 3f b9 99 99 99 99 99 9a", "0.1")]
    [InlineData("cb 43 40 00 00 00 00 00 00", "9007199254740992.0")]
    [InlineData("cb 44 b5 2d 02 c7 e1 4a f6", "1E+23")]
    [InlineData("cb 00 00 00 00 00 00 00 01", "5E-324")]
    [InlineData("cb 7f f0 00 00 00 00 00 00", "{\"$float\":\"Infinity\"}")]
    [InlineData("cb ff f0 00 00 00 00 00 00", "{\"$float\":\"-Infinity\"}")]
    [InlineData("cb ff f8 00 00 00 00 00 00", "{\"$float\":\"NaN\"}")]
    [InlineData("c4 00", "{\"$bin\":\"\"}")]
    [InlineData("c4 02 00 ff", "{\"$bin\":\"AP8=\"}")]
    [InlineData("d4 05 01", "{\"$ext\":[5,\"AQ==\"]}")]
    [InlineData("d6 ff 5a 4a f6 a5", "{\"$ext\":[-1,\"Wkr2pQ==\"]}")]
    [InlineData("c7 00 80", "{\"$ext\":[-128,\"\"]}")]
    [InlineData("93 01 02 90", "[1,2,[]]")]
    [InlineData("80", "{}")]
    [InlineData("82 a1 61 01 a1 62 80", "{\"a\":1,\"b\":{}}")]
    [InlineData("82 a1 61 01 a1 61 02", "{\"a\":1,\"a\":2}")]
    [InlineData("81 01 a1 61", "{\"$map\":[[1,\"a\"]]}")]
    [InlineData("82 a1 61 01 c0 02", "{\"$map\":[[\"a\",1],[null,2]]}")]
    [InlineData("81 81 01 02 90", "{\"$map\":[[{\"$map\":[[1,2]]},[]]]}")]
    [InlineData("81 a4 24 62 69 6e 05", "{\"$$bin\":5}")]
    [InlineData("81 a5 24 24 62 69 6e 05", "{\"$$$bin\":5}")]
    [InlineData("81 a1 24 05", "{\"$$\":5}")]
    [InlineData("82 a4 24 62 69 6e 05 a1 61 01", "{\"$bin\":5,\"a\":1}")]
    public void Each_value_has_its_form_in_JSON_and_comes_back(string hex, string json)
    {
        using ByteWriter output = new();
        Assert.True(MessagePackJson.TryToJson(Hex.Parse(hex), output));
        Assert.Equal(json, Encoding.UTF8.GetString(output.WrittenSpan));
        output.Clear();
        Assert.True(MessagePackJson.TryFromJson(Encoding.UTF8.GetBytes(json), output));
        Assert.Equal(Hex.Format(Hex.Parse(hex)), Hex.Format(output.WrittenSpan));
    }

    [Theory]
    [InlineData("-0", "00")]
    [InlineData("1e2", "cb4059000000000000")]
    [InlineData("1E2", "cb4059000000000000")]
    [InlineData("9223372036854775808", "cf8000000000000000")]
    [InlineData("18446744073709551616", "cb43f0000000000000")]
    [InlineData("-9223372036854775809", "cbc3e0000000000000")]
    [InlineData("1e999", "cb7ff0000000000000")]
    [InlineData(" [ 1 , { } ] \r\n\t", "920180")]
    [InlineData("\"\\u00fc\\ud83c\\udf7a\\/\"", "a7c3bcf09f8dba2f")]
    [InlineData("\"\\ud83c\\uDF7A\"", "a4f09f8dba")]
    [InlineData("{\"\\u0024b\\u0069n\":\"AP8\\u003d\"}", "c40200ff")]
    [InlineData("{ \"$int\" : \"-5\" }", "fb")]
    [InlineData("{\"$int\":\"0\"}", "00")]
    [InlineData("{\"$map\":[]}", "80")]
    [InlineData("{\"$map\":[[1,2],[3,4]]}", "8201020304")]
    [InlineData("{\"$$\":5}", "81a12405")]
    public void What_others_write_is_read(string json, string hex) => Assert.Equal(hex, FromJson(json));

    [Theory]
    [InlineData("{\"$bin\":5}")]
    [InlineData("{\"$bin\":\"A\"}")]
    [InlineData("{\"$bin\":\"AP8=\",\"a\":1}")]
    [InlineData("{\"a\":1,\"$bin\":\"AP8=\"}")]
    [InlineData("{\"$bin\":\"AP8=\",\"$bin\":\"AP8=\"}")]
    [InlineData("{\"$int\":5}")]
    [InlineData("{\"$int\":\"\"}")]
    [InlineData("{\"$int\":\"-0\"}")]
    [InlineData("{\"$int\":\"05\"}")]
    [InlineData("{\"$int\":\"+5\"}")]
    [InlineData("{\"$int\":\"5 \"}")]
    [InlineData("{\"$int\":\"1e3\"}")]
    [InlineData("{\"$int\":\"18446744073709551616\"}")]
    [InlineData("{\"$int\":\"-9223372036854775809\"}")]
    [InlineData("{\"$float\":\"nan\"}")]
    [InlineData("{\"$float\":1.5}")]
    [InlineData("{\"$ext\":[5]}")]
    [InlineData("{\"$ext\":[128,\"\"]}")]
    [InlineData("{\"$ext\":[1.0,\"\"]}")]
    [InlineData("{\"$ext\":[1,\"\",2]}")]
    [InlineData("{\"$ext\":{\"a\":1}}")]
    [InlineData("{\"$map\":5}")]
    [InlineData("{\"$map\":{}}")]
    [InlineData("{\"$map\":[1]}")]
    [InlineData("{\"$map\":[[1]]}")]
    [InlineData("{\"$map\":[[1,2],[1,2,3]]}")]
    [InlineData("{\"$map\":[[1,2]],\"a\":1}")]
    [InlineData("{\"$map\":[[1,2]],\"$map\":[[1,2]]}")]
    [InlineData("{\"$other\":\"AP8=\"}")]
    public void A_special_object_that_is_malformed_is_an_ordinary_one(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(AsOrdinary(document.RootElement), Description.Of(Hex.Parse(FromJson(json))));

        static string AsOrdinary(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => "{" + string.Join(
                ',', element.EnumerateObject().Select(member => Description.OfString(Encoding.UTF8.GetBytes(member.Name)) + "=" + AsOrdinary(member.Value))) + "}",
            JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(AsOrdinary)) + "]",
            JsonValueKind.String => Description.OfString(Encoding.UTF8.GetBytes(element.GetString()!)),
            _ => Description.OfDouble(element.GetDouble()),
        };
    }

    [Fact]
    public void Maps_within_a_malformed_one_are_still_maps() => Assert.Equal(
        "{s:246d6170=[[{1=2},{s:246d6170=[1]},{3=4}]]}",
        Description.Of(Hex.Parse(FromJson("{\"$map\":[[{\"$map\":[[1,2]]},{\"$map\":[1]},{\"$map\":[[3,4]]}]]}"))));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[")]
    [InlineData("[1,]")]
    [InlineData("[1 2]")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("{1:1}")]
    [InlineData("[1}")]
    [InlineData("1 2")]
    [InlineData("[]]")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("NaN")]
    [InlineData("nul")]
    [InlineData("truE")]
    [InlineData("\"")]
    [InlineData("\"\\\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u123\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("'a'")]
    [InlineData("// c\n1")]
    [InlineData("\ufeff1")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"\\ud800\\u0041\"")]
    [InlineData("\"\\ud800x\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"$bin\":\"\\ud800\"}")]
    public void What_is_no_JSON_or_no_Unicode_is_refused_and_nothing_written(string json)
    {
        using ByteWriter output = new();
        output.WriteByte(7);
        Assert.False(MessagePackJson.TryFromJson(Encoding.UTF8.GetBytes(json), output));
        Assert.Equal(1, output.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("91")]
    [InlineData("c0 c0")]
    [InlineData("a1 ff")]
    [InlineData("df ff ff ff ff c0")]
    public void What_is_not_one_value_is_refused_and_nothing_written(string hex)
    {
        using ByteWriter output = new();
        Assert.False(MessagePackJson.TryToJson(Hex.Parse(hex), output));
        Assert.False(MessagePackJson.TryFromJson([.. "\""u8, 0xff, .. "\""u8], output));
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void The_depth_limit_holds_in_both_directions()
    {
        using ByteWriter output = new();
        foreach (int depth in (int[])[MessageLimits.DepthMax, MessageLimits.DepthMax + 1, 10_000])
        {
            bool good = depth <= MessageLimits.DepthMax;
            byte[] arrays = [.. Enumerable.Repeat((byte)0x91, depth - 1), 0x90];
            byte[] maps = [.. Enumerable.Range(0, depth - 1).SelectMany(_ => (byte[])[0x81, 0x01]), 0x80];
            Assert.Equal(good, MessagePackJson.TryToJson(arrays, output));
            Assert.Equal(good, MessagePackJson.TryFromJson(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)), output));
            output.Clear();
            Assert.Equal(good, MessagePackJson.TryToJson(maps, output));
            // Three levels of JSON for each of these is still within the limit.
            if (!good) continue;
            byte[] json = output.WrittenSpan.ToArray();
            output.Clear();
            Assert.True(MessagePackJson.TryFromJson(json, output));
            Assert.Equal(Hex.Format(maps), Hex.Format(output.WrittenSpan));
        }
    }

    /// <summary>Looking ahead from every map would cost size times depth, and reading twice 2^depth.</summary>
    [Fact]
    public void Hostile_nesting_costs_no_more_than_its_size()
    {
        string leaf = "[" + string.Join(',', Enumerable.Repeat("1", 30_000)) + "]";
        byte[] wellFormed = Nest(30, "{\"$map\":[[1,", leaf, "]]}");
        byte[] malformed = Nest(10, "{\"$map\":[[1,", leaf, ",3]]}");
        byte[] decidedByLastKey =
        [
            .. Enumerable.Repeat((byte[])[0x82, 0xa1, 0x61], 31).SelectMany(head => head),
            0xc0,
            .. Enumerable.Repeat((byte[])[0x01, 0x02], 31).SelectMany(pair => pair),
        ];
        using ByteWriter output = new();
        Stopwatch watch = Stopwatch.StartNew();
        Assert.True(MessagePackJson.TryFromJson(wellFormed, output));
        Assert.True(MessagePackJson.TryFromJson(malformed, output));
        Assert.True(MessagePackJson.TryToJson(decidedByLastKey, output));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{watch.Elapsed}");

        static byte[] Nest(int depth, string before, string leaf, string after) => Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat(before, depth)) + leaf + string.Concat(Enumerable.Repeat(after, depth)));
    }

    [Fact]
    public void Crossing_allocates_nothing_once_warm()
    {
        byte[] value = Sample.Map(
            (Sample.String("text \" \n"), Sample.Array(Sample.Integer(5), Sample.Double(2.5), Sample.Unsigned(ulong.MaxValue))),
            (Sample.Integer(1), Sample.Binary(new byte[500])),
            (Sample.Map((Sample.Nil, Sample.Nil)), Sample.Timestamp(1, 2))).Bytes;
        using ByteWriter json = new(4096);
        using ByteWriter back = new(4096);
        Cross();
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = Cross();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);

        bool Cross()
        {
            json.Clear();
            back.Clear();
            return MessagePackJson.TryToJson(value, json) && MessagePackJson.TryFromJson(json.WrittenSpan, back) && back.WrittenSpan.SequenceEqual(value);
        }
    }

    private static string FromJson(string json)
    {
        using ByteWriter output = new();
        Assert.True(MessagePackJson.TryFromJson(Encoding.UTF8.GetBytes(json), output));
        return Hex.Format(output.WrittenSpan);
    }
}
