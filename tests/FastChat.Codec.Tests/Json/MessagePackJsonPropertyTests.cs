using System.Text;
using System.Text.Json;
using FastChat.Codec.Buffers;
using FastChat.Codec.Json;
using FastChat.Codec.Tests.MessagePack;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.Json;

public sealed class MessagePackJsonPropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void Every_value_comes_back_from_JSON_as_it_was() => Prop.ForAll(Sample.GenerateWithAnyKeys().ToArbitrary(), sample =>
    {
        using ByteWriter json = new();
        using ByteWriter back = new();
        bool good = MessagePackJson.TryToJson(sample.Bytes, json) && MessagePackJson.TryFromJson(json.WrittenSpan, back);
        // Others must be able to read it.
        using JsonDocument parsed = JsonDocument.Parse(json.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1000 });
        return good && Description.Of(back.WrittenSpan) == sample.Text && back.Length <= (3 * json.Length) + 32;
    }).Check(Many);

    [Fact]
    public void A_value_at_every_edge_comes_back_from_JSON()
    {
        using ByteWriter json = new();
        using ByteWriter back = new();
        foreach (Sample sample in Sample.Edges())
        {
            json.Clear();
            back.Clear();
            Assert.True(MessagePackJson.TryToJson(sample.Bytes, json));
            Assert.True(MessagePackJson.TryFromJson(json.WrittenSpan, back));
            Assert.Equal(sample.Text, Description.Of(back.WrittenSpan));
        }
    }

    [Fact]
    public void Damaged_and_random_text_is_judged_as_System_Text_Json_does() => Prop.ForAll(
        Sample.GenerateWithAnyKeys().ToArbitrary(), ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<char>(), (sample, at, damage) =>
        {
            using ByteWriter json = new();
            MessagePackJson.TryToJson(sample.Bytes, json);
            byte[] bytes = json.WrittenSpan.ToArray();
            const string telling = "\"\\{}[]:,.eE+-019tfnu \n\u0001";
            bytes[at.Get % bytes.Length] = at.Get % 3 == 0 ? (byte)damage : (byte)telling[damage % telling.Length];
            return IsJudgedAlike(bytes);
        }).Check(Many);

    [Fact]
    public void Random_short_texts_are_judged_as_System_Text_Json_does()
    {
        Gen<string> text = Gen.Elements("\"", "\\", "{", "}", "[", "]", ":", ",", ".", "e", "-", "0", "1", "9", "true", "null", "\\u00e9", "\\ud800", " ", "a", "$map", "\"$map\":")
            .ListOf().Select(string.Concat);
        Prop.ForAll(text.ToArbitrary(), json => IsJudgedAlike(Encoding.UTF8.GetBytes(json))).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void Random_bytes_never_throw() => Prop.ForAll<byte[]>(bytes =>
    {
        using ByteWriter output = new();
        bool good = MessagePackJson.TryToJson(bytes, output) | MessagePackJson.TryFromJson(bytes, output);
        return good || output.Length == 0;
    }).Check(Many);

    private static bool IsJudgedAlike(byte[] json)
    {
        using ByteWriter output = new();
        bool ours = MessagePackJson.TryFromJson(json, output);
        bool theirs = true;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
            // It looks at strings only when asked for them.
            Touch(document.RootElement);
        }
        catch (Exception refusal) when (refusal is JsonException or InvalidOperationException)
        {
            theirs = false;
        }
        return ours == theirs;
    }

    private static void Touch(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in element.EnumerateArray()) Touch(item);
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                _ = member.Name;
                Touch(member.Value);
            }
        }
    }
}
