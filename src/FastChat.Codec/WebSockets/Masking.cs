// Data plane: no allocation after warm-up. See MaskingBenchmarks.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FastChat.Codec.WebSockets;

/// <summary>The masking of frames from client to server (RFC 6455, 5.3). Masking and unmasking are the same.</summary>
public static class Masking
{
    /// <summary>XORs the payload in place with the key over and over.</summary>
    /// <param name="payload">Any part of a frame's payload; changed in place.</param>
    /// <param name="maskKey">The key; its least significant byte is for the first byte of <paramref name="payload"/>.</param>
    /// <returns>The key for the byte that follows, so that a payload can be unmasked in the pieces it arrives in.</returns>
    public static uint Apply(Span<byte> payload, uint maskKey)
    {
        if (maskKey == 0) return 0;

        // Vectors see the key as it lies in memory.
        uint inMemory = BitConverter.IsLittleEndian ? maskKey : BinaryPrimitives.ReverseEndianness(maskKey);
        ref byte start = ref MemoryMarshal.GetReference(payload);
        nuint length = (uint)payload.Length;
        nuint at = 0;

        // Every step but the single bytes at the end is a multiple of four bytes, so the key stays aligned with `at`.
        if (Vector512.IsHardwareAccelerated && length >= (nuint)Vector512<byte>.Count)
        {
            Vector512<byte> key = Vector512.Create(inMemory).AsByte();
            for (; at + (nuint)Vector512<byte>.Count <= length; at += (nuint)Vector512<byte>.Count)
                (Vector512.LoadUnsafe(ref start, at) ^ key).StoreUnsafe(ref start, at);
        }
        if (Vector256.IsHardwareAccelerated && length - at >= (nuint)Vector256<byte>.Count)
        {
            Vector256<byte> key = Vector256.Create(inMemory).AsByte();
            for (; at + (nuint)Vector256<byte>.Count <= length; at += (nuint)Vector256<byte>.Count)
                (Vector256.LoadUnsafe(ref start, at) ^ key).StoreUnsafe(ref start, at);
        }
        if (Vector128.IsHardwareAccelerated && length - at >= (nuint)Vector128<byte>.Count)
        {
            Vector128<byte> key = Vector128.Create(inMemory).AsByte();
            for (; at + (nuint)Vector128<byte>.Count <= length; at += (nuint)Vector128<byte>.Count)
                (Vector128.LoadUnsafe(ref start, at) ^ key).StoreUnsafe(ref start, at);
        }
        for (; at + sizeof(uint) <= length; at += sizeof(uint))
        {
            ref byte four = ref Unsafe.Add(ref start, at);
            Unsafe.WriteUnaligned(ref four, Unsafe.ReadUnaligned<uint>(ref four) ^ inMemory);
        }

        uint rotated = maskKey;
        for (; at < length; at++)
        {
            Unsafe.Add(ref start, at) ^= (byte)rotated;
            rotated = BitOperations.RotateRight(rotated, 8);
        }
        return rotated;
    }
}
