// Data plane: no allocation after warm-up. See MessagePackJsonBenchmarks.
using System.Text.Unicode;
using FastChat.Codec.Buffers;
using FastChat.Codec.Messages;

namespace FastChat.Codec.Json;

/// <summary>
/// One value of MessagePack as JSON and back, so that members of either encoding talk in one room. Going to JSON and back changes
/// nothing but this: numbers take their shortest format and 32-bit floats become 64-bit ones. The table is in <c>docs/data-in-json.md</c>.
/// </summary>
/// <remarks>
/// Maps whose keys are all strings become objects, duplicate keys kept. What JSON has no form for becomes an object with one member
/// whose name begins with <c>$</c>; an object of one such member that is meant as it is gets a second <c>$</c>.
/// </remarks>
public static class MessagePackJson
{
    /// <summary>Writes one value of MessagePack as JSON, without white space.</summary>
    /// <param name="value">Exactly one value, nested at most <see cref="MessageLimits.DepthMax"/> deep.</param>
    /// <param name="output">Appended to; unchanged on failure.</param>
    /// <returns>False when the value is not well-formed or nested too deep.</returns>
    public static bool TryToJson(ReadOnlySpan<byte> value, ByteWriter output) => MessagePackToJson.TryWrite(value, output, MessageLimits.DepthMax);

    /// <summary>Writes one value of JSON as MessagePack.</summary>
    /// <param name="json">Exactly one value that makes MessagePack nested at most <see cref="MessageLimits.DepthMax"/> deep.</param>
    /// <param name="output">Appended to; unchanged on failure.</param>
    /// <returns>False when it is no JSON, no UTF-8, nested too deep or has a surrogate without its partner.</returns>
    public static bool TryFromJson(ReadOnlySpan<byte> json, ByteWriter output)
    {
        int start = output.Length;
        if (Utf8.IsValid(json))
        {
            JsonReader reader = new(json);
            reader.Read();
            JsonDataOutcome outcome = JsonToMessagePack.Write(ref reader, output, MessageLimits.DepthMax);
            if (outcome == JsonDataOutcome.Done && reader.Read() == JsonToken.End) return true;
        }
        output.Truncate(start);
        return false;
    }
}
