using FastChat.Cli.Commands;
using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Cli;

public sealed class CommandTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fastchat-cli-");
    private readonly FakeGateway _gateway = new();
    private readonly LineWriter _output = new();
    private readonly LineWriter _error = new();
    private readonly CancellationTokenSource _ctrlC = new();

    [Theory]
    [InlineData("tcp")]
    [InlineData("ws")]
    public async Task Send_ends_once_the_gateway_has_the_message(string scheme)
    {
        Task<int> running = Run("", "send", "--url", $"{_gateway.Address(scheme)}", "--user", "alice", "--verbose", "good", "morning");
        FakePeer peer = await _gateway.AcceptAsync();
        Command join = await peer.ExpectAsync(MessageType.Join);
        Assert.Equal(("lobby", "alice", 0), (join.Room, join.User, join.Limit));
        await peer.SendAsync(Say.History(join, 3, key: "k"));
        Command msg = await peer.ExpectAsync(MessageType.Msg);
        Assert.Equal("good morning", msg.Text);
        await peer.SendAsync(Say.Ack(msg, 4));
        Assert.Equal(0, await running.InTime());
        Assert.Equal($"lobby e1:4 {msg.Id}", await _output.NextAsync());
        Assert.Equal("k", Keys.Find(_gateway.Address(scheme), "alice"));
    }

    [Fact]
    public async Task Send_takes_the_lines_of_its_input_in_order_and_as_fast_as_the_gateway_likes()
    {
        Task<int> running = Run("one\n\ntwo\n", "send", "--url", Address, "--user", "alice", "--room", "attic", "-");
        FakePeer peer = await JoinAsync();
        Command one = await peer.ExpectAsync(MessageType.Msg);
        await peer.SendAsync(Say.Error(ErrorCode.RateLimited, one, retryAfterMs: 1));
        Command again = await peer.ExpectAsync(MessageType.Msg);
        Assert.Equal("one", again.Text);
        await peer.SendAsync(Say.Ack(again, 4));
        Command two = await peer.ExpectAsync(MessageType.Msg);
        Assert.Equal(("two", "attic"), (two.Text, two.Room));
        await peer.SendAsync(Say.Ack(two, 5));
        Assert.Equal(0, await running.InTime());
    }

    [Fact]
    public async Task A_refusal_is_one_line_that_begins_with_its_name()
    {
        Task<int> running = Run("", "send", "--url", Address, "--user", "alice", "hi");
        FakePeer peer = await _gateway.AcceptAsync();
        await peer.SendAsync(Say.Error(ErrorCode.NameTaken, await peer.ExpectAsync(MessageType.Join), suggestion: "alice\u001b2"));
        Assert.Equal(1, await running.InTime());
        Assert.Equal("fastchat: name_taken: no (alice\\x1b2 is free)", await _error.NextAsync());
    }

    [Fact]
    public async Task A_name_that_nobody_asked_for_gives_way_to_a_free_one()
    {
        Task<int> running = Run("", "bot", "--url", Address);
        FakePeer first = await _gateway.AcceptAsync();
        Command join = await first.ExpectAsync(MessageType.Join);
        await first.SendAsync(Say.Error(ErrorCode.NameTaken, join, suggestion: "free"));
        FakePeer peer = await _gateway.AcceptAsync();
        Command again = await peer.ExpectAsync(MessageType.Join);
        Assert.Equal("free", again.User);
        await peer.SendAsync(Say.History(again, 3, user: "free"));
        Assert.StartsWith("free is in lobby", await _output.NextAsync(), StringComparison.Ordinal);
        await _ctrlC.CancelAsync();
        Assert.Equal(0, await running.InTime());
    }

    [Fact]
    public async Task The_bot_answers_people_and_neither_itself_nor_other_bots()
    {
        Task<int> running = Run("", "bot", "--url", Address, "--user", "echo");
        FakePeer peer = await JoinAsync();
        await peer.SendAsync(
            Say.Msg(new(4, "!echo bots never stop", Kind: "bot")), Say.Msg(5, "!echo mine", id: "mine"), Say.Msg(6, "!echo "), Say.Msg(7, "echo"),
            Say.Msg(8, "!echo hello"));
        Command answer = await peer.ExpectAsync(MessageType.Msg);
        Assert.Equal(("hello", "bot"), (answer.Text, answer.Kind));
        await peer.SendAsync(Say.Error(ErrorCode.Forbidden, answer), Say.Msg(9, "!echo still here"));
        Assert.StartsWith("fastchat: forbidden: ", await _error.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("still here", (await peer.ExpectAsync(MessageType.Msg)).Text);
        await _ctrlC.CancelAsync();
        Assert.Equal(0, await running.InTime());
    }

    [Fact]
    public async Task Tail_writes_what_is_said_and_comes_back_after_a_loss()
    {
        Task<int> running = Run("", "tail", "--url", Address, "--user", "alice");
        FakePeer peer = await _gateway.AcceptAsync();
        Command join = await peer.ExpectAsync(MessageType.Join);
        await peer.SendAsync(Say.History(join, 1, messages: new Say.Entry(1, "before")), Say.Notice(MessageType.Join, "bob"), Say.Msg(3, "a\u001bb"));
        Assert.Matches("^..:..:.. bob: before$", await _output.NextAsync());
        Assert.Matches(@"^..:..:.. \* bob joined$", await _output.NextAsync());
        Assert.Equal("fastchat: lobby: 2 to 2 of e1 could not be had", await _error.NextAsync());
        Assert.Matches(@"^..:..:.. bob: a\\x1bb$", await _output.NextAsync());
        peer.Break();
        Assert.StartsWith("fastchat: connection_lost: ", await _error.NextAsync(), StringComparison.Ordinal);
        peer = await _gateway.AcceptAsync();
        Assert.Equal(new Position("e1", 3), (await peer.ExpectAsync(MessageType.Join)).Since);
        await _ctrlC.CancelAsync();
        Assert.Equal(0, await running.InTime());
    }

    [Fact]
    public async Task Tail_writes_the_protocols_envelopes()
    {
        Task<int> running = Run("", "tail", "--url", Address, "--user", "alice", "--json", "--since", "e1:3");
        FakePeer peer = await _gateway.AcceptAsync();
        Command join = await peer.ExpectAsync(MessageType.Join);
        Assert.Equal(new Position("e1", 3), join.Since);
        await peer.SendAsync(Say.History(join, 4, recovered: true, messages: new Say.Entry(4, "four\u202e", Id: "x")), Say.Gap(5, 6));
        Assert.Equal(
            """{"type":"msg","payload":{"user":"bob","text":"four\u202e","ts":4000,"room":"lobby","epoch":"e1","offset":4,"id":"x"}}""", await _output.NextAsync());
        Assert.Equal("""{"type":"gap","payload":{"room":"lobby","epoch":"e1","from":5,"to":6}}""", await _output.NextAsync());
        await peer.SendAsync(Say.Close(CloseReason.TooManyErrors));
        Assert.Equal(1, await running.InTime());
        Assert.Contains("4502, too_many_errors", await _error.NextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--since: 12 is not EPOCH:OFFSET.", "tail", "--since", "12")]
    [InlineData("--since goes with one room only.", "tail", "--since", "a:12", "--room", "a", "--room", "b")]
    [InlineData("invalid_field: --url: nowhere is no address.", "send", "--url", "nowhere", "x")]
    [InlineData("invalid_field: ftp://nowhere/: the scheme must be ws, wss, http, https, tcp or tcps.", "send", "--url", "ftp://nowhere", "x")]
    public async Task A_wrong_option_is_one_line(string line, params string[] arguments)
    {
        Assert.Equal(1, await Run("", arguments).InTime());
        Assert.Equal($"fastchat: {line}", await _error.NextAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _ctrlC.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Address => $"{_gateway.Address("tcp")}";

    private GuestKeyFile Keys => new(Path.Combine(_folder.FullName, "keys.json"));

    private Task<int> Run(string input, params string[] arguments) =>
        FastChatCommand.RunAsync(arguments, new Surroundings(new StringReader(input), _output, _error, Keys), _ctrlC.Token);

    private async Task<FakePeer> JoinAsync()
    {
        FakePeer peer = await _gateway.AcceptAsync();
        Command join = await peer.ExpectAsync(MessageType.Join);
        await peer.SendAsync(Say.History(join, 3));
        return peer;
    }
}
