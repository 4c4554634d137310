using FastChat.System.Tests.Kit;

namespace FastChat.System.Tests.Conformance;

/// <summary>What the Autobahn suite checks in its sections 12 and 13, on real sockets: compression as offered and as answered.</summary>
public sealed class EchoDeflateTests(EchoHostProcess host) : IClassFixture<EchoHostProcess>
{
    private const int Deflated = 4; // RSV1.
    private const int MiB = 1024 * 1024;

    public static TheoryData<string, bool> Variants =>
        [.. from offer in DeflateCases.Offers from isLate in new[] { false, true } select (offer.Name, isLate)];

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Messages_of_all_kinds_and_sizes_come_back_and_each_is_compressed_by_itself(string name, bool isLate)
    {
        (_, string offer, int windowBits, string answer) = DeflateCases.Offers.Single(offer => offer.Name == name);
        await using WireConnection connection = await Upgrade.ConnectAsync(host.Address, isLate, $"Sec-WebSocket-Extensions: {offer}\r\n", answer);
        int compressedCount = 0;
        foreach ((int messageBytes, int fragmentBytes) in DeflateCases.Sizes)
        {
            foreach ((string kind, bool isText, byte[] message) in DeflateCases.Payloads(messageBytes))
            {
                string what = $"{name}: {kind}, {messageBytes} bytes in fragments of {fragmentBytes}";
                int opcode = isText ? WireFrame.Text : WireFrame.Binary;
                Task sending = connection.SendAsync(Framed(opcode, DeflateCases.Deflate(message, level: 1 + (messageBytes % 9)), fragmentBytes));
                WireFrame? frame = await connection.ReadFrameAsync(mayDeflate: true);
                await sending;
                Assert.True(frame is { IsFinal: true } && frame.Opcode == opcode, $"{what}: {frame?.Opcode} {frame?.CloseCode}");
                byte[] echoed = frame!.IsDeflated ? DeflateCases.Inflate(frame.Payload) : frame.Payload;
                Assert.True(message.AsSpan().SequenceEqual(echoed), $"{what}: another message of {echoed.Length} bytes came back");
                if (!frame.IsDeflated) continue;
                compressedCount++;
                Assert.True(frame.Payload.Length < message.Length, $"{what}: compressed to {frame.Payload.Length} bytes");
                Assert.True(windowBits == 15 || message.Length <= 1 << windowBits, $"{what}: {message.Length} bytes compressed for a window of {windowBits} bits");
            }
        }

        Assert.InRange(compressedCount, windowBits == 8 ? 2 : 6, int.MaxValue);
        if (windowBits == 15) Assert.InRange(compressedCount, 4 * (DeflateCases.Sizes.Length - 4), int.MaxValue);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Offers_that_cannot_be_honoured_are_declined_and_the_connection_goes_on_plain(bool isLate)
    {
        foreach (string offer in DeflateCases.Declined)
        {
            await using WireConnection connection = await Upgrade.ConnectAsync(host.Address, isLate, $"Sec-WebSocket-Extensions: {offer}\r\n");
            await connection.SendAsync(WireFrame.Of(WireFrame.Text, new string('a', 4000)));
            Assert.Equal(4000, (await connection.ReadFrameAsync())!.Payload.Length);
            await connection.SendAsync(WireFrame.Of(WireFrame.Text, DeflateCases.Deflate("a"u8, 6), reserved: Deflated));
            Assert.Equal(1002, (await connection.ReadFrameAsync())!.CloseCode);
        }
    }

    [Fact]
    public async Task An_offer_in_the_second_of_two_headers_counts()
    {
        string headers = "Sec-WebSocket-Extensions: x-other; a=b\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n";
        string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10";
        foreach (bool isLate in new[] { false, true })
        {
            await using WireConnection connection = await Upgrade.ConnectAsync(host.Address, isLate, headers, answer);
        }
    }

    [Fact]
    public async Task A_thousand_compressed_messages_come_back_one_by_one_and_pipelined()
    {
        await using WireConnection connection = await ConnectAsync();
        byte[] message = DeflateCases.Payloads(1024).First().Bytes;
        byte[] framed = WireFrame.Of(WireFrame.Text, DeflateCases.Deflate(message, 6), reserved: Deflated);
        for (int i = 0; i < 1000; i++)
        {
            await connection.SendAsync(framed);
            Assert.Equal(message, DeflateCases.Inflate((await connection.ReadFrameAsync(mayDeflate: true))!.Payload));
        }

        Task sending = connection.SendAsync((byte[])[.. Enumerable.Repeat(framed, 1000).SelectMany(static bytes => bytes)]);
        for (int i = 0; i < 1000; i++) Assert.Equal(message, DeflateCases.Inflate((await connection.ReadFrameAsync(mayDeflate: true))!.Payload));
        await sending;
    }

    [Fact]
    public async Task A_ping_between_the_fragments_of_a_compressed_message_is_answered()
    {
        await using WireConnection connection = await ConnectAsync();
        byte[] payload = DeflateCases.Deflate("Hello"u8, 6);
        await connection.SendAsync((byte[])[
            .. WireFrame.Of(WireFrame.Text, payload.AsSpan(0, 3), isFinal: false, reserved: Deflated), .. WireFrame.Of(WireFrame.Ping, "p"),
            .. WireFrame.Of(WireFrame.Continuation, payload.AsSpan(3))]);
        Assert.Equal(WireFrame.Pong, (await connection.ReadFrameAsync(mayDeflate: true))!.Opcode);
        WireFrame? echo = await connection.ReadFrameAsync(mayDeflate: true);
        Assert.Equal("Hello", echo!.IsDeflated ? global::System.Text.Encoding.UTF8.GetString(DeflateCases.Inflate(echo.Payload)) : echo.PayloadText);
    }

    [Fact]
    public async Task What_breaks_the_rules_of_compression_ends_the_connection()
    {
        byte[] bomb = DeflateCases.Deflate(new byte[(16 * MiB) + 1], 9);
        (string What, byte[] Bytes, int Code)[] cases =
        [
            ("a marked continuation", [.. WireFrame.Of(WireFrame.Text, [0x4A], isFinal: false, reserved: Deflated), .. WireFrame.Of(WireFrame.Continuation, [0x04, 0x00], reserved: Deflated)], 1002),
            ("a marked ping", WireFrame.Of(WireFrame.Ping, "", reserved: Deflated), 1002),
            ("no deflate", WireFrame.Of(WireFrame.Binary, [0xFF, 0xFF, 0xFF], reserved: Deflated), 1002),
            ("cut off", WireFrame.Of(WireFrame.Binary, DeflateCases.Deflate(new byte[1000], 6).AsSpan(0, 4), reserved: Deflated), 1002),
            ("text that is none", WireFrame.Of(WireFrame.Text, DeflateCases.Deflate([0xFF], 6), reserved: Deflated), 1007),
            ("a bomb", WireFrame.Of(WireFrame.Binary, bomb, reserved: Deflated), 1009),
        ];
        foreach ((string what, byte[] bytes, int code) in cases)
        {
            await using WireConnection connection = await ConnectAsync();
            await connection.SendAsync(bytes);
            WireFrame? close = await connection.ReadFrameAsync(mayDeflate: true);
            Assert.True(close is { Opcode: WireFrame.Close } && close.CloseCode == code, $"{what}: opcode {close?.Opcode}, code {close?.CloseCode}");
        }
    }

    private Task<WireConnection> ConnectAsync()
    {
        (_, string offer, _, string answer) = DeflateCases.Offers[0];
        return Upgrade.ConnectAsync(host.Address, headers: $"Sec-WebSocket-Extensions: {offer}\r\n", extensions: answer);
    }

    private static byte[] Framed(int opcode, byte[] payload, int fragmentBytes)
    {
        if (fragmentBytes == 0 || payload.Length <= fragmentBytes) return WireFrame.Of(opcode, payload, reserved: Deflated);
        byte[][] pieces = [.. payload.Chunk(fragmentBytes)];
        return [.. pieces.SelectMany((piece, i) => i == 0
            ? WireFrame.Of(opcode, piece, isFinal: false, reserved: Deflated)
            : WireFrame.Of(WireFrame.Continuation, piece, isFinal: i == pieces.Length - 1))];
    }
}
