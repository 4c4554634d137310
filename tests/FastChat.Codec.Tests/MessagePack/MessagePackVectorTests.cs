using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FastChat.Codec.MessagePack;

namespace FastChat.Codec.Tests.MessagePack;

/// <summary>The published vectors: every valid encoding of a list of values.</summary>
public sealed class MessagePackVectorTests
{
    public static TheoryData<string> Groups => [.. Load().Select(vector => vector.Group).Distinct()];

    [Fact]
    public void The_vectors_are_all_there() => Assert.Equal(15, Groups.Count);

    [Theory]
    [MemberData(nameof(Groups))]
    public void Every_published_encoding_reads_as_its_value(string group)
    {
        foreach (Vector vector in Load().Where(vector => vector.Group == group))
            foreach (byte[] encoding in vector.Encodings)
                Assert.Equal(vector.Value.Text, Description.Of(encoding));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void What_is_written_is_the_shortest_published_encoding_of_its_type(string group)
    {
        foreach (Vector vector in Load().Where(vector => vector.Group == group))
        {
            byte[] written = vector.Value.Bytes;
            MessagePackType type = new MessagePackReader(written).NextType;
            IEnumerable<byte[]> sameType = vector.Encodings.Where(encoding => new MessagePackReader(encoding).NextType == type);
            Assert.Contains(Hex.Format(written), sameType.Select(encoding => Hex.Format(encoding)));
            Assert.Equal(sameType.Min(encoding => encoding.Length), written.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Every_published_encoding_cut_anywhere_needs_more_data(string group)
    {
        foreach (Vector vector in Load().Where(vector => vector.Group == group))
        {
            foreach (byte[] encoding in vector.Encodings)
            {
                for (int length = 0; length < encoding.Length; length++)
                {
                    MessagePackReader reader = new(encoding.AsSpan(0, length));
                    Assert.False(reader.TrySkip(8));
                    Assert.Equal(OperationStatus.NeedMoreData, reader.Status);
                    Assert.Equal(0, reader.Position);
                    Assert.Null(Description.Read(ref reader));
                    Assert.Equal(OperationStatus.NeedMoreData, reader.Status);
                }
                MessagePackReader whole = new(encoding);
                Assert.True(whole.TryReadRaw(8, out ReadOnlySpan<byte> raw));
                Assert.True(raw.SequenceEqual(encoding));
                Assert.True(whole.IsAtEnd);
            }
        }
    }

    private static List<Vector> Load()
    {
        using Stream stream = typeof(MessagePackVectorTests).Assembly.GetManifestResourceStream("msgpack-test-suite.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return
        [
            .. from grp in document.RootElement.EnumerateObject()
               from item in grp.Value.EnumerateArray()
               select new Vector(
                   grp.Name, ValueOf(item), [.. item.GetProperty("msgpack").EnumerateArray().Select(hex => Hex.Parse(hex.GetString()!))]),
        ];
    }

    /// <summary>The first member that is not <c>msgpack</c> names the type; <c>bignum</c>, a string, is more exact than <c>number</c>.</summary>
    private static Sample ValueOf(JsonElement item)
    {
        if (item.TryGetProperty("bignum", out JsonElement large))
        {
            Int128 value = Int128.Parse(large.GetString()!, CultureInfo.InvariantCulture);
            return value > long.MaxValue ? Sample.Unsigned((ulong)value) : Sample.Integer((long)value);
        }
        JsonProperty typed = item.EnumerateObject().First(member => member.Name != "msgpack");
        JsonElement given = typed.Value;
        return typed.Name switch
        {
            "binary" => Sample.Binary(Hex.Parse(given.GetString()!)),
            "timestamp" => Sample.Timestamp(given[0].GetInt64(), given[1].GetInt32()),
            "ext" => Sample.Extension(given[0].GetSByte(), Hex.Parse(given[1].GetString()!)),
            _ => PlainValueOf(given),
        };
    }

    private static Sample PlainValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => Sample.Nil,
        JsonValueKind.True or JsonValueKind.False => Sample.Boolean(value.GetBoolean()),
        JsonValueKind.Number => value.TryGetInt64(out long integer) ? Sample.Integer(integer) : Sample.Single(value.GetSingle()),
        JsonValueKind.String => Sample.String(value.GetString()!),
        JsonValueKind.Array => Sample.Array([.. value.EnumerateArray().Select(PlainValueOf)]),
        _ => Sample.Map([.. value.EnumerateObject().Select(member => (Sample.String(member.Name), PlainValueOf(member.Value)))]),
    };

    private sealed record Vector(string Group, Sample Value, byte[][] Encodings);
}
