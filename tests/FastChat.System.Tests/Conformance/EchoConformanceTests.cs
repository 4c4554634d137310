using System.Collections.Concurrent;
using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.Conformance;

/// <summary>
/// What the Autobahn suite checks in its sections 1 to 7, strictly and on real sockets: each case over an upgrade that came first and
/// over one on a kept-alive connection, cut into writes in every way.
/// </summary>
public sealed class EchoConformanceTests(EchoHostProcess host) : IClassFixture<EchoHostProcess>
{
    // Larger ones are not sent byte by byte.
    private const int SmallBytesMax = 2000;
    private const int AtOnceMax = 16;

    [Fact]
    public Task Messages_of_every_length_form_come_back() => PlayAllAsync(FramingCases.Sizes());

    [Fact]
    public Task Pings_are_answered_and_large_ones_refused() => PlayAllAsync(FramingCases.PingsAndPongs());

    [Fact]
    public Task Reserved_bits_are_refused_after_what_came_before_is_echoed() => PlayAllAsync(FramingCases.ReservedBits());

    [Fact]
    public Task Reserved_opcodes_and_unmasked_frames_are_refused() => PlayAllAsync(FramingCases.Opcodes());

    [Fact]
    public Task Fragments_come_back_whole_and_stray_ones_are_refused() => PlayAllAsync(FramingCases.Fragments());

    [Fact]
    public Task Text_is_checked() => PlayAllAsync(TextAndCloseCases.Text());

    [Fact]
    public Task Text_fails_at_its_first_bad_byte() => PlayAllAsync(TextAndCloseCases.TextThatFailsFast());

    [Fact]
    public Task The_close_is_answered_and_ends_the_connection() => PlayAllAsync(TextAndCloseCases.Closes());

    private async Task PlayAllAsync(IEnumerable<EchoCase> cases)
    {
        ConcurrentQueue<string> wrong = [];
        IEnumerable<(EchoCase Case, bool IsLate, Cut Cut)> plays =
            from @case in cases
            from isLate in new[] { false, true }
            from cut in Enum.GetValues<Cut>()
            where cut != Cut.EveryByte || @case.ByteCount <= SmallBytesMax
            select (@case, isLate, cut);
        ParallelOptions options = new() { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(plays.Index(), options, async (play, _) =>
        {
            string? fault = await EchoTalk.PlayAsync(host.Address, play.Item.Case, play.Item.IsLate, play.Item.Cut, seed: play.Index);
            if (fault is not null) wrong.Enqueue(fault);
        });
        Assert.True(wrong.IsEmpty, $"{wrong.Count} wrong:\n{string.Join('\n', wrong.Take(40))}\n{host.Output}");
    }
}
