using System.Text;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Codec.Tests.Messages;

/// <summary>Clients' messages in JSON. What the vectors cover is not repeated here.</summary>
public sealed class ClientMessageJsonTests
{
    [Theory]
    [InlineData("{\"type\":\"ping\"}", "Ping")]
    [InlineData("{\"type\":\"ping\",\"payload\":null}", "Ping")]
    [InlineData("{\"type\":\"ping\",\"payload\":{\"id\":5,\"text\":[]}}", "Ping")]
    [InlineData("{\"type\":\"join\"}", "Join")]
    [InlineData(" { \"type\" : \"join\" , \"payload\" : { \"user\" : \"alice\" } } \r\n", "Join user=alice")]
    [InlineData("{\"payload\":{\"text\":\"hi\"},\"type\":\"msg\"}", "Msg text=hi")]
    [InlineData("{\"payload\":{\"data\":{\"$bin\":\"AP8=\"},\"text\":\"\\u00fc\"},\"type\":\"msg\"}", "Msg text=ü data=b:00ff")]
    [InlineData("{\"type\":\"leave\",\"payload\":{\"room\":\"a\",\"text\":5,\"since\":[],\"x\":{\"y\":[1,{}]}},\"more\":[{}]}", "Leave room=a")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":5,\"text\":\"b\",\"id\":\"x\",\"id\":\"y\"}}", "Msg id=y text=b")]
    [InlineData("{\"type\":\"leave\",\"type\":\"msg\",\"payload\":{\"text\":\"t\"}}", "Msg text=t")]
    [InlineData("{\"type\":\"leave\",\"payload\":{\"room\":\"r\",\"text\":\"\\u0074\"},\"type\":\"msg\"}", "Msg room=r text=t")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"one\",\"id\":\"i\"},\"payload\":{\"text\":\"two\"}}", "Msg text=two")]
    [InlineData("{\"payload\":5,\"type\":\"msg\",\"payload\":{\"text\":\"two\"}}", "Msg text=two")]
    [InlineData("{\"payload\":{\"text\":\"one\"},\"type\":\"msg\",\"payload\":{\"text\":\"two\"}}", "Msg text=two")]
    [InlineData("{\"type\":5,\"payload\":{},\"type\":\"join\"}", "Join")]
    [InlineData("{\"t\\u0079pe\":\"\\u006dsg\",\"\\u0070ayload\":{\"\\u0074ext\":\"a\\nb\\u0000\"}}", "Msg text=a\nb\0")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"\\ud83c\\udf7a\\\"\\\\\\/\"}}", "Msg text=🍺\"\\/")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"id\":null,\"room\":null,\"data\":null,\"kind\":null,\"ephemeral\":null,\"excludeSelf\":null}}", "Msg text=t")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":null,\"limit\":null,\"user\":null,\"key\":null,\"token\":null}}", "Join")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":5,\"since\":{\"offset\":1,\"x\":[],\"epoch\":5,\"epoch\":\"e\"}}}", "Join since=e/1")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":{\"epoch\":\"e\",\"offset\":1},\"since\":null}}", "Join")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"limit\":9007199254740991}}", "Join limit=2147483647")]
    [InlineData("{\"type\":\"typing\",\"payload\":{\"on\":null}}", "Typing")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"data\":[],\"data\":7,\"text\":\"\\n\",\"data\":\"\\n\"}}", "Msg text=\n data=s:0a")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"ephemeral\":true,\"ephemeral\":false,\"text\":\"t\"}}", "Msg text=t")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"\\ud800\":\"\\ud800\"}}", "Msg text=t")]
    public void An_envelope_is_read(string json, string expected)
    {
        using ByteWriter scratch = new();
        scratch.WriteByte(1);
        Assert.Equal(ErrorCode.None, Read(json, scratch, out ClientMessage message, out string fault));
        Assert.Equal(expected, Commands.Describe(message));
        Assert.Empty(fault);
    }

    [Theory]
    [InlineData("{}", "type: expected the type of a message")]
    [InlineData("{\"payload\":{}}", "type:")]
    [InlineData("{\"type\":null}", "type:")]
    [InlineData("{\"type\":5}", "type:")]
    [InlineData("{\"type\":{\"type\":\"msg\"}}", "type:")]
    [InlineData("{\"type\":\"join\",\"payload\":[]}", "payload: expected an object")]
    [InlineData("{\"type\":\"join\",\"payload\":\"alice\"}", "payload:")]
    [InlineData("{\"payload\":false,\"type\":\"join\"}", "payload:")]
    [InlineData("{\"type\":\"msg\"}", "payload.text: expected a string, not empty unless there is data")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"\"}}", "payload.text:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":null}}", "payload.text:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":{\"text\":\"hi\"}}}", "payload.text:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"\\ud83c\"}}", "payload.text:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"\\udf7a\\ud83c\"}}", "payload.text:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"data\":[\"\\ud83c\",{\"\\udf7a\":1}]}}", "payload.text:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"data\":[\"\\ud83c\"]}}", "payload.data: expected a value whose strings are Unicode")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"id\":\"\"}}", "payload.id: expected a string of 1 to 64 bytes")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"id\":5}}", "payload.id:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"kind\":true}}", "payload.kind:")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"ephemeral\":1}}", "payload.ephemeral: expected true or false")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"t\",\"excludeSelf\":\"true\"}}", "payload.excludeSelf:")]
    [InlineData("{\"type\":\"typing\",\"payload\":{\"on\":{}}}", "payload.on:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":{}}}", "payload.since:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":{\"epoch\":\"e\"}}}", "payload.since:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":{\"epoch\":\"e\",\"offset\":-1}}}", "payload.since:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":{\"epoch\":\"e\",\"offset\":1.0}}}", "payload.since:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":[\"e\",1]}}", "payload.since:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"limit\":-1}}", "payload.limit: expected an integer from 0 to 9007199254740991")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"limit\":1e2}}", "payload.limit:")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"limit\":\"5\"}}", "payload.limit:")]
    [InlineData("{\"type\":\"history\",\"payload\":{\"before\":9007199254740992}}", "payload.before:")]
    [InlineData("{\"type\":\"history\",\"payload\":{\"before\":99999999999999999999}}", "payload.before:")]
    public void A_field_of_the_wrong_kind_is_named(string json, string expected)
    {
        using ByteWriter scratch = new();
        Assert.Equal(ErrorCode.InvalidField, Read(json, scratch, out _, out string fault));
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"shout\",\"payload\":{\"id\":\"i\",\"room\":\"r\",\"text\":\"t\"}}", "None id=i room=r")]
    [InlineData("{\"payload\":{\"id\":\"i\"},\"type\":\"ack\"}", "None id=i")]
    [InlineData("{\"type\":\"Msg\"}", "None")]
    [InlineData("{\"type\":\"\"}", "None")]
    [InlineData("{\"type\":\"\\ud800\"}", "None")]
    public void A_type_that_a_client_does_not_send_is_unknown(string json, string expected)
    {
        using ByteWriter scratch = new();
        Assert.Equal(ErrorCode.UnknownType, Read(json, scratch, out ClientMessage message, out string fault));
        Assert.Equal(expected, Commands.Describe(message));
        Assert.StartsWith("type: ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":5,\"room\":\"r\",\"id\":\"\\u0069\"}}", "Msg id=i room=r")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"id\":5,\"room\":\"r\",\"text\":\"t\"}}", "Msg room=r text=t")]
    [InlineData("{\"payload\":{\"id\":\"i\"},\"type\":7}", "None id=i")]
    [InlineData("{\"payload\":{\"id\":\"i\",\"room\":\"r\"}}", "None id=i room=r")]
    public void A_refused_envelope_still_tells_id_and_room(string json, string expected)
    {
        using ByteWriter scratch = new();
        Assert.Equal(ErrorCode.InvalidField, Read(json, scratch, out ClientMessage message, out _));
        Assert.Equal(expected, Commands.Describe(message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("\"ping\"")]
    [InlineData("[{\"type\":\"ping\"}]")]
    [InlineData("{\"type\":\"ping\"}{\"type\":\"ping\"}")]
    [InlineData("{\"type\":\"ping\"},")]
    [InlineData("{\"type\":\"ping\",}")]
    [InlineData("{\"type\" \"ping\"}")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"user\":\"a\"]}")]
    [InlineData("{\"payload\":{\"user\":\"a\"],\"type\":\"join\"}")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"x\":[1,]}}")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"data\":[1,]}}")]
    [InlineData("{\"type\":\"join\",\"payload\":{\"since\":{\"epoch\":\"e\",}}}")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"text\":\"\\x\"}}")]
    [InlineData("\ufeff{\"type\":\"ping\"}")]
    [InlineData("join alice")]
    public void Text_that_is_no_object_of_JSON_is_no_message(string json)
    {
        using ByteWriter scratch = new();
        Assert.Equal(ErrorCode.InvalidMessage, Read(json, scratch, out _, out string fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_no_message()
    {
        using ByteWriter scratch = new();
        byte[] json = [.. "{\"type\":\"msg\",\"payload\":{\"text\":\""u8, 0xc3, .. "\"}}"u8];
        Assert.Equal(ErrorCode.InvalidMessage, ClientMessageReader.ReadJson(json, scratch, out _, out _));
    }

    [Theory]
    [InlineData("{\"x\":", "[", "]", "}")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"data\":", "{\"$map\":[[1,", "]]}", "}}")]
    [InlineData("{\"type\":\"msg\",\"payload\":{\"data\":", "{\"a\":", "}", "}}")]
    public void Nesting_ten_thousand_deep_is_no_message(string before, string open, string close, string after)
    {
        using ByteWriter scratch = new();
        string json = before + string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000)) + after;
        Assert.Equal(ErrorCode.InvalidMessage, Read(json, scratch, out _, out _));
    }

    /// <summary>Each string goes to the scratch, which must not move while earlier ones point into it.</summary>
    [Fact]
    public void Many_strings_with_escapes_and_data_stay_good_together()
    {
        using ByteWriter scratch = new();
        string floats = string.Join(',', Enumerable.Repeat("1.0", 3_000));
        string text = string.Concat(Enumerable.Repeat("\\u00fc", 2_000));
        string json = $"{{\"type\":\"msg\",\"payload\":{{\"id\":\"\\u0069\",\"room\":\"\\u0072\",\"data\":[{floats}],\"text\":\"{text}\",\"kind\":\"\\u006b\",\"data\":[{floats}]}}}}";
        Assert.Equal(ErrorCode.None, Read(json, scratch, out ClientMessage message, out _));
        string floatsRead = string.Join(',', Enumerable.Repeat("1", 3_000));
        Assert.Equal($"Msg id=i room=r text={new string('ü', 2_000)} data=[{floatsRead}] kind=k", Commands.Describe(message));
    }

    private static ErrorCode Read(string json, ByteWriter scratch, out ClientMessage message, out string fault) =>
        ClientMessageReader.ReadJson(Encoding.UTF8.GetBytes(json), scratch, out message, out fault);
}
