using System.Net;
using System.Text;
using System.Text.Json;
using FastChat.Codec.Messages;
using FastChat.Gateway.Rest;

namespace FastChat.Gateway.Tests.Rest;

public sealed class SendMessageTests
{
    [Theory]
    [InlineData("/send_message")]
    [InlineData("/api/send_message")]
    public async Task A_message_goes_to_its_room_and_is_answered_with_its_place(string path)
    {
        List<(string Room, string User, string Text, string Id)> sent = [];
        RestHost host = new() { Send = (room, user, text, id, _) => { sent.Add((room, user.Display, text, id)); return ValueTask.FromResult(new SendResult(ErrorCode.None, "e1", 7)); } };
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, path, """{"message":"hi ü","user":" Ana ","room":"r.1","id":"m1","more":[1]}""");
        JsonElement answer = await response.JsonAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("r.1", "Ana", "hi ü", "m1"), Assert.Single(sent));
        Assert.Equal("""{"room":"r.1","epoch":"e1","offset":7,"id":"m1"}""", answer.GetRawText());
    }

    [Fact]
    public async Task Without_user_and_room_it_is_the_system_in_the_lobby_with_an_id_of_its_own()
    {
        (string Room, string User, string Id) sent = ("", "", "");
        RestHost host = new() { Send = (room, user, _, id, _) => { sent = (room, user.Display, id); return ValueTask.FromResult(new SendResult(ErrorCode.None, "e1", 7)); } };
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", """{"message":"hi","user":null}""");

        Assert.Equal(("lobby", "system"), (sent.Room, sent.User));
        Assert.Equal(sent.Id, (await response.JsonAsync()).GetProperty("id").GetString());
        Assert.Equal(22, sent.Id.Length);
    }

    [Theory]
    [InlineData("""{}""", "message")]
    [InlineData("""{"message":""}""", "message")]
    [InlineData("""{"message":5}""", "message")]
    [InlineData("""{"message":null}""", "message")]
    [InlineData("""{"message":"\ud800"}""", "message")]
    [InlineData("""{"message":"x","user":["a"]}""", "user")]
    [InlineData("""{"message":"x","user":""}""", "user")]
    [InlineData("""{"message":"x","user":"System"}""", "user")]
    [InlineData("""{"message":"x","user":"a\u202eb"}""", "user")]
    [InlineData("""{"message":"x","room":"a b"}""", "room")]
    [InlineData("""{"message":"x","room":""}""", "room")]
    [InlineData("""{"message":"x","room":true}""", "room")]
    [InlineData("""{"message":"x","id":""}""", "id")]
    public async Task A_wrong_member_is_a_400_problem_that_names_it(string body, string member)
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", body);

        JsonElement problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_field");
        Assert.Equal(member, problem.GetProperty("member").GetString());
        Assert.StartsWith($"{member} ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("message=hi")]
    public async Task A_body_that_is_no_JSON_object_is_a_400_problem(string body)
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", body);

        await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_message");
    }

    [Fact]
    public async Task Nesting_without_end_and_bytes_that_are_not_UTF8_are_400_problems()
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage deep = await host.SendAsync(HttpMethod.Post, "/send_message", new string('[', 10_000));
        using ByteArrayContent latin = new([.. "{\"message\":\""u8, 0xFF, .. "\"}"u8]);
        latin.Headers.ContentType = new("application/json");
        using HttpResponseMessage bad = await host.Client.PostAsync("/send_message", latin, TestContext.Current.CancellationToken);

        await deep.ProblemAsync(HttpStatusCode.BadRequest, "invalid_message");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=latin1")]
    [InlineData(null)]
    public async Task Another_content_type_is_a_415_problem(string? contentType)
    {
        await using RestHost host = await new RestHost().StartAsync();
        using ByteArrayContent content = new("""{"message":"x"}"""u8.ToArray());
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using HttpResponseMessage response = await host.Client.PostAsync("/send_message", content, TestContext.Current.CancellationToken);

        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_larger_than_the_limit_is_a_413_problem(bool isChunked)
    {
        RestHost host = new();
        host.Options.Limits.RequestBytesMax = 4096;
        await using RestHost started = await host.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/send_message") { Content = new StringContent($$"""{"message":"{{new string('x', 8192)}}"}""", Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = isChunked;

        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "message_too_big");
    }

    [Fact]
    public async Task A_message_larger_than_the_limit_is_a_413_problem()
    {
        await using RestHost host = await new RestHost().StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", $$"""{"message":"{{new string('x', 65537)}}"}""");

        Assert.Equal("message", (await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "message_too_big")).GetProperty("member").GetString());
    }

    [Fact]
    public async Task With_guests_off_it_needs_a_token()
    {
        RestHost host = new();
        host.Options.Auth.Guests = false;
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", """{"message":"x"}""");

        await response.ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task The_rooms_own_refusal_is_told_with_the_time_to_wait()
    {
        RestHost host = new() { Send = (_, _, _, _, _) => ValueTask.FromResult(new SendResult(ErrorCode.RoomUnavailable, "", 0, "The log is down.", TimeSpan.FromMilliseconds(1500))) };
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", """{"message":"x"}""");

        JsonElement problem = await response.ProblemAsync(HttpStatusCode.ServiceUnavailable, "room_unavailable");
        Assert.Equal(1500, problem.GetProperty("retryAfterMs").GetInt32());
        Assert.Equal("2", response.Header("Retry-After"));
    }

    [Fact]
    public async Task A_failure_of_ours_is_a_500_problem_without_its_details()
    {
        RestHost host = new() { Send = (_, _, _, _, _) => throw new InvalidOperationException("secret") };
        await using RestHost started = await host.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", """{"message":"x"}""");

        JsonElement problem = await response.ProblemAsync(HttpStatusCode.InternalServerError, "internal_error");
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_sends_no_faster_than_a_guest_may()
    {
        RestHost host = new();
        host.Options.Limits.ApplyToLoopback = true;
        await using RestHost started = await host.StartAsync();
        for (int i = 0; i < host.Options.Limits.GuestPublishBurst; i++)
        {
            using HttpResponseMessage good = await host.SendAsync(HttpMethod.Post, "/send_message", """{"message":"x"}""");
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        }

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "/send_message", """{"message":"x"}""");

        JsonElement problem = await response.ProblemAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.Equal(100, problem.GetProperty("retryAfterMs").GetInt32());
    }
}
