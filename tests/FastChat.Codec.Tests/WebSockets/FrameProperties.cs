using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace FastChat.Codec.Tests.WebSockets;

/// <summary>What holds for any conversation, however it is framed and cut.</summary>
public sealed class FrameProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(40).WithQuietOnSuccess(true);

    /// <summary>Text of all planes, and bytes, up to a few hundred.</summary>
    private static readonly Gen<Said> AnySaid = Gen.OneOf(
        from units in Gen.Choose(0, 0x10FFFF).Where(unit => unit is < 0xD800 or > 0xDFFF).ListOf()
        select new Said(Wire.Text, Encoding.UTF8.GetBytes(string.Concat(units.Select(char.ConvertFromUtf32)))),
        from bytes in Gen.Choose(0, 255).ListOf()
        select new Said(Wire.Binary, [.. bytes.Select(value => (byte)value)]),
        from bytes in Gen.Choose(0, 255).ListOf()
        from opcode in Gen.Elements(Wire.Ping, Wire.Pong)
        select new Said(opcode, [.. bytes.Take(125).Select(value => (byte)value)]));

    private static readonly Gen<int[]> AnyNumbers = Gen.Choose(0, int.MaxValue).ArrayOf();

    [Fact]
    public void Any_messages_in_any_fragments_with_pings_between_and_cut_anywhere_arrive_as_they_were_said()
    {
        Gen<(IList<Said> Said, int[] Fragments, int[] Cuts)> conversations =
            from said in AnySaid.ListOf()
            from fragments in AnyNumbers
            from cuts in AnyNumbers
            select ((IList<Said>)said, fragments, cuts);
        Check.One(Many, Prop.ForAll(conversations.ToArbitrary(), conversation =>
        {
            (byte[] bytes, List<string> expected) = Frames(conversation.Said, conversation.Fragments);
            return expected.SequenceEqual(Talk.Hear(bytes, Cuts(conversation.Cuts, bytes.Length)));
        }));
    }

    [Fact]
    public void Any_bytes_never_throw_and_mean_the_same_however_they_are_cut()
    {
        Gen<(byte[] Bytes, int[] Cuts)> streams =
            from said in AnySaid.ListOf()
            from fragments in AnyNumbers
            from changes in AnyNumbers
            from noise in Gen.Choose(0, 255).ArrayOf()
            from cuts in AnyNumbers
            select (Changed(Frames([.. said], fragments).Bytes, changes, noise), cuts);
        Check.One(Many, Prop.ForAll(streams.ToArbitrary(), stream =>
            Talk.Hear(stream.Bytes).SequenceEqual(Talk.Hear(stream.Bytes, Cuts(stream.Cuts, stream.Bytes.Length)))));
    }

    [Fact]
    public void Any_bytes_are_UTF8_for_the_checker_when_they_are_for_the_runtime()
    {
        Gen<byte> anyByte = Gen.Elements<byte>(0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5);
        Gen<(byte[] Bytes, int[] Cuts)> texts =
            from bytes in anyByte.ArrayOf()
            from said in AnySaid.Where(said => said.Opcode == Wire.Text)
            from cuts in AnyNumbers
            select ((byte[])[.. said.Payload, .. bytes.Take(4), .. said.Payload], cuts);
        Check.One(Many, Prop.ForAll(texts.ToArbitrary(), text =>
        {
            FastChat.Codec.WebSockets.Utf8Checker checker = default;
            bool isValid = true;
            int start = 0;
            foreach (int end in (int[])[.. Cuts(text.Cuts, text.Bytes.Length), text.Bytes.Length])
            {
                isValid &= checker.Append(text.Bytes.AsSpan(start, end - start));
                start = end;
            }
            return (isValid && checker.IsComplete) == System.Text.Unicode.Utf8.IsValid(text.Bytes);
        }));
    }

    /// <summary>Frames what was said, data in fragments, with pings between them, as the numbers have it.</summary>
    private static (byte[] Bytes, List<string> Expected) Frames(IList<Said> said, int[] numbers)
    {
        List<byte[]> frames = [];
        List<string> expected = [];
        int turn = 0;
        int Next(int below) => numbers.Length == 0 ? 0 : numbers[turn++ % numbers.Length] % below;
        foreach (Said one in said)
        {
            int sentBytes = 0;
            bool isControl = one.Opcode >= Wire.Close;
            bool isFirst = true;
            for (int left = isControl ? 0 : Next(6); left > 0; left--)
            {
                int count = Next(one.Payload.Length - sentBytes + 1);
                frames.Add(Wire.Frame(isFirst ? one.Opcode : Wire.Continuation, one.Payload.AsSpan(sentBytes, count), isFinal: false));
                sentBytes += count;
                isFirst = false;
                if (Next(4) != 0) continue;
                byte[] ping = Wire.Pattern(Next(126));
                frames.Add(Wire.Frame(Wire.Ping, ping));
                expected.Add("ping " + RecordingSink.Show(ping));
            }
            frames.Add(Wire.Frame(isFirst ? one.Opcode : Wire.Continuation, one.Payload.AsSpan(sentBytes)));
            string kind = one.Opcode switch { Wire.Text => "text ", Wire.Binary => "binary ", Wire.Ping => "ping ", _ => "pong " };
            expected.Add(kind + RecordingSink.Show(one.Payload));
        }
        return (Wire.Join(frames), expected);
    }

    /// <summary>With up to three bytes replaced and noise at the end.</summary>
    private static byte[] Changed(byte[] bytes, int[] changes, int[] noise)
    {
        foreach (int change in changes.Take(bytes.Length == 0 ? 0 : 3)) bytes[change % bytes.Length] = (byte)(change >> 8);
        return [.. bytes, .. noise.Select(value => (byte)value)];
    }

    private static int[] Cuts(int[] numbers, int length) => [.. numbers.Select(number => number % (length + 1)).Order()];

    private sealed record Said(byte Opcode, byte[] Payload);
}
