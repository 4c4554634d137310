using System.IO.Compression;
using FastChat.Codec.Messages;
using FastChat.Codec.WebSockets;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>What holds for any compressed message; zlib is the reference.</summary>
public sealed class DeflateProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1500).WithEndSize(300).WithQuietOnSuccess(true);

    /// <summary>Bytes with runs and repetitions, more of them the larger the size.</summary>
    private static readonly Gen<byte[]> AnyMessage =
        from pieces in Gen.OneOf(
            Gen.Choose(0, 255).ListOf().Select(bytes => bytes.Select(value => (byte)value).ToArray()),
            from value in Gen.Choose(0, 255) from count in Gen.Choose(1, 600) select Enumerable.Repeat((byte)value, count).ToArray(),
            Gen.Choose(1, 60).Select(Wire.Letters)).ListOf()
        select pieces.SelectMany(piece => piece).ToArray();

    private static readonly Gen<byte[]> AnyPayload =
        from message in AnyMessage
        from level in Gen.Choose(0, 9)
        from strategy in Gen.Elements(ZLibCompressionStrategy.Default, ZLibCompressionStrategy.Fixed, ZLibCompressionStrategy.HuffmanOnly)
        from flushEvery in Gen.Choose(0, 400)
        select Deflated.Of(message, level, strategy, flushEvery);

    private static readonly Gen<int[]> AnyNumbers = Gen.Choose(0, int.MaxValue).ArrayOf();

    [Fact]
    public void Any_message_in_any_fragments_and_cut_anywhere_arrives_as_zlib_was_given_it()
    {
        Gen<(byte[] Payload, int[] Fragments, int[] Cuts)> messages =
            from payload in AnyPayload from fragments in AnyNumbers from cuts in AnyNumbers select (payload, fragments, cuts);
        Check.One(Many, Prop.ForAll(messages.ToArbitrary(), said =>
        {
            byte[] bytes = Frames(said.Payload, said.Fragments);
            byte[] expected = Deflated.Inflate(said.Payload)!;
            return Talk.Hear(bytes, Places(said.Cuts, bytes.Length), allowsDeflate: true) is [string heard] && heard == Talk.Message(false, expected);
        }));
    }

    [Fact]
    public void Changed_bytes_never_throw_and_never_mean_what_zlib_would_not_make_of_them()
    {
        Gen<(byte[] Payload, int[] Changes)> messages = from payload in AnyPayload from changes in AnyNumbers select (payload, changes);
        Check.One(Many, Prop.ForAll(messages.ToArbitrary(), said =>
        {
            byte[] payload = [.. said.Payload];
            foreach (int change in said.Changes.Take(3)) payload[change % payload.Length] ^= (byte)(1 << (change >> 16) % 8);
            RecordingSink sink = new();
            WebSocketReceiver receiver = new(expectsMask: true, allowsDeflate: true);
            if (receiver.Receive(Deflated.Frame(Wire.Binary, payload), Talk.Ample, sink, out _) != CloseReason.None) return sink.Messages.Count == 0;
            // zlib's reader stops at a final block, where this goes on with the next; what is cut off it takes, and this refuses it.
            return Deflated.Inflate(payload) is byte[] inflated && sink.Messages is [byte[] heard] && heard.AsSpan().StartsWith(inflated);
        }));
    }

    [Fact]
    public void Any_bytes_are_refused_or_taken_without_a_throw()
    {
        Gen<byte[]> noise = Gen.Choose(0, 255).ArrayOf().Select(bytes => bytes.Select(value => (byte)value).ToArray());
        Check.One(Many, Prop.ForAll(noise.ToArbitrary(), payload => Talk.Hear(Deflated.Frame(Wire.Binary, payload), allowsDeflate: true).Count == 1));
    }

    private static byte[] Frames(byte[] payload, int[] fragments)
    {
        int[] places = Places(fragments, payload.Length);
        List<byte[]> frames = [];
        int start = 0;
        for (int i = 0; i <= places.Length; i++)
        {
            int end = i < places.Length ? places[i] : payload.Length;
            byte[] piece = payload[start..end];
            frames.Add(i == 0 ? Deflated.Frame(Wire.Binary, piece, isFinal: i == places.Length) : Wire.Frame(Wire.Continuation, piece, isFinal: i == places.Length));
            start = end;
        }
        return Wire.Join(frames);
    }

    private static int[] Places(int[] numbers, int length) => [.. numbers.Take(8).Select(number => number % (length + 1)).Order()];
}
