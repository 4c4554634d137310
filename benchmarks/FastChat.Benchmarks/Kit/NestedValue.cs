using FastChat.Codec.Buffers;
using FastChat.Codec.MessagePack;

namespace FastChat.Benchmarks.Kit;

/// <summary>A hundred small maps in an array: what applications send as data.</summary>
internal static class NestedValue
{
    /// <summary>Items of the array.</summary>
    public const int ItemCount = 100;

    /// <summary>Appends it as MessagePack.</summary>
    public static void Write(ByteWriter output)
    {
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(ItemCount);
        for (int i = 0; i < ItemCount; i++)
        {
            writer.WriteMapHeader(3);
            writer.WriteString("id"u8);
            writer.WriteInt64(i * 1000);
            writer.WriteString("name"u8);
            writer.WriteString("a name of some length"u8);
            writer.WriteString("at"u8);
            writer.WriteArrayHeader(2);
            writer.WriteDouble(i + 0.5);
            writer.WriteBoolean(true);
        }
    }
}
