using FastChat.System.Tests.Kit;
using static FastChat.System.Tests.Conformance.EchoCase;

namespace FastChat.System.Tests.Conformance;

/// <summary>What the Autobahn suite checks in its sections 9 and 10, and where the limits lie behind which it would fail.</summary>
public sealed class EchoVolumeTests(EchoHostProcess host) : IClassFixture<EchoHostProcess>
{
    private const int MiB = 1024 * 1024;
    private const int MessageBytesMax = 16 * MiB;
    private const int FragmentsMax = 70_000;
    private const int MessageTooBig = 1009;

    [Theory] // 9.1 and 9.2
    [InlineData(64 * 1024)]
    [InlineData(256 * 1024)]
    [InlineData(MiB)]
    [InlineData(4 * MiB)]
    [InlineData(8 * MiB)]
    [InlineData(MessageBytesMax)]
    public async Task Large_messages_come_back(int size)
    {
        await PlayAsync(Echoed($"9.1: {size}", WireFrame.Text, Text(size)), Cut.Frames);
        await PlayAsync(Echoed($"9.2: {size}", WireFrame.Binary, Bytes(size)), Cut.Anywhere);
    }

    [Theory] // 9.3 and 9.4
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(65536)]
    [InlineData(MiB)]
    [InlineData(4 * MiB)]
    public async Task A_message_of_4_MiB_comes_back_whole_from_fragments_of(int fragmentBytes)
    {
        byte[] text = Text(4 * MiB);
        byte[] bytes = Bytes(4 * MiB);
        await PlayAsync(new EchoCase($"9.3: {fragmentBytes}", Fragmented(WireFrame.Text, text, fragmentBytes), [(WireFrame.Text, text)]), Cut.Together);
        await PlayAsync(new EchoCase($"9.4: {fragmentBytes}", Fragmented(WireFrame.Binary, bytes, fragmentBytes), [(WireFrame.Binary, bytes)]), Cut.Together);
    }

    [Theory] // 9.5 and 9.6
    [InlineData(64)]
    [InlineData(1024)]
    public async Task A_message_of_1_MiB_comes_back_from_writes_of(int writeBytes)
    {
        foreach (bool isLate in new[] { false, true })
        {
            byte[] text = Text(MiB);
            await using WireConnection connection = await Upgrade.ConnectAsync(host.Address, isLate);
            foreach (byte[] piece in WireFrame.Of(WireFrame.Text, text).Chunk(writeBytes)) await connection.SendAsync(piece);
            await ExpectAsync(connection, WireFrame.Text, text);
        }
    }

    [Theory] // 9.7 and 9.8
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(256)]
    [InlineData(4096)]
    public async Task A_thousand_messages_come_back_one_by_one_and_pipelined(int size)
    {
        const int Count = 1000;
        await using WireConnection connection = await Upgrade.ConnectAsync(host.Address);
        byte[] frame = WireFrame.Of(WireFrame.Binary, Bytes(size));
        for (int i = 0; i < Count; i++)
        {
            await connection.SendAsync(frame);
            await ExpectAsync(connection, WireFrame.Binary, Bytes(size));
        }
        Task sending = connection.SendAsync((byte[])[.. Enumerable.Repeat(frame, Count).SelectMany(bytes => bytes)]);
        for (int i = 0; i < Count; i++) await ExpectAsync(connection, WireFrame.Binary, Bytes(size));
        await sending;
    }

    [Fact] // 10.1
    public Task A_message_fragmented_by_a_library_comes_back() =>
        PlayAsync(new EchoCase("10.1.1", Fragmented(WireFrame.Text, Text(65536), 1300), [(WireFrame.Text, Text(65536))]), Cut.Frames);

    [Fact]
    public async Task A_message_beyond_16_MiB_is_refused_by_its_header_or_by_the_fragment_that_passes_it()
    {
        byte[] half = WireFrame.Of(WireFrame.Binary, Bytes(MessageBytesMax / 2), isFinal: false);
        await PlayAsync(Refused("header of 16 MiB and 1", MessageTooBig, WireFrame.HeaderClaiming(WireFrame.Binary, MessageBytesMax + 1)), Cut.Frames);
        await PlayAsync(Refused("header of 2^63-1", MessageTooBig, WireFrame.HeaderClaiming(WireFrame.Text, long.MaxValue)), Cut.Frames);
        await PlayAsync(Refused("fragments", MessageTooBig, half, WireFrame.HeaderClaiming(WireFrame.Continuation, (MessageBytesMax / 2) + 1)), Cut.Frames);
    }

    [Fact]
    public async Task Up_to_70_000_fragments_are_one_message_and_one_more_is_refused()
    {
        byte[] bytes = Bytes(FragmentsMax);
        byte[][] fragments = Fragmented(WireFrame.Binary, bytes, 1);
        await PlayAsync(new EchoCase("70,000 fragments", fragments, [(WireFrame.Binary, bytes)]), Cut.Together);
        fragments[^1] = WireFrame.Of(WireFrame.Continuation, "x", isFinal: false);
        await PlayAsync(Refused("70,001 fragments", MessageTooBig, [.. fragments, WireFrame.Of(WireFrame.Continuation, "")]), Cut.Together);
    }

    [Fact]
    public async Task A_burst_behind_the_request_is_answered_in_order()
    {
        const int Count = 2000;
        byte[][] texts = [.. Enumerable.Range(0, Count).Select(i => Utf8($"burst {i}"))];
        await PlayAsync(
            new EchoCase("burst", [.. texts.Select(text => WireFrame.Of(WireFrame.Text, text))], [.. texts.Select(text => (WireFrame.Text, text))]), Cut.BehindTheRequest);
    }

    [Fact]
    public async Task Echoes_that_nobody_reads_stop_the_reading_and_are_all_there_later()
    {
        const int Count = 64;
        byte[] bytes = Bytes(MiB);
        await using WireConnection connection = await Upgrade.ConnectAsync(host.Address);
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++) await connection.SendAsync(WireFrame.Of(WireFrame.Binary, bytes));
        }, TestContext.Current.CancellationToken);
        // 64 MiB do not fit into what the host may hold, so the sender is stuck until somebody reads.
        await Task.WhenAny(sending, Task.Delay(300, TestContext.Current.CancellationToken));
        Assert.False(sending.IsCompleted);
        for (int i = 0; i < Count; i++) await ExpectAsync(connection, WireFrame.Binary, bytes);
        await sending.Within(Patience.Answer, "the last message to be taken");
    }

    private async Task PlayAsync(EchoCase @case, Cut cut)
    {
        Assert.Null(await EchoTalk.PlayAsync(host.Address, @case, isLate: false, cut, seed: @case.ByteCount));
        Assert.Null(await EchoTalk.PlayAsync(host.Address, @case, isLate: true, cut, seed: @case.ByteCount));
    }

    private static async Task ExpectAsync(WireConnection connection, int opcode, byte[] payload)
    {
        WireFrame? frame = await connection.ReadFrameAsync();
        Assert.NotNull(frame);
        Assert.Equal(opcode, frame.Opcode);
        Assert.True(payload.AsSpan().SequenceEqual(frame.Payload));
    }
}
