using FastChat.Gateway.Options;

namespace FastChat.Gateway.Tests.Options;

public sealed class OptionBindingTests
{
    [Fact]
    public void Without_settings_every_option_has_its_default_and_nothing_is_wrong()
    {
        GatewayOptions options = Bind(out List<string> problems);

        Assert.Empty(problems);
        Assert.Equal(65536, options.Limits.MessageBytesMax);
        Assert.Equal(TimeSpan.FromSeconds(25), options.Limits.HeartbeatInterval);
        Assert.Equal(["http://localhost:8000"], options.Listen.Urls);
    }

    [Fact]
    public void Every_default_lies_within_its_own_range()
    {
        foreach (OptionEntry entry in OptionCatalog.Sections.SelectMany(section => section.Entries).Where(entry => entry is { Range: not null, Default: not null }))
        {
            long value = entry.Default is TimeSpan time ? time.Ticks : Convert.ToInt64(entry.Default, null);
            Assert.True(value >= entry.Range!.Min && value <= entry.Range.Max, entry.Key);
        }
    }

    [Theory]
    [InlineData("25s", 25_000)]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:25", 25_000)]
    [InlineData(" 25 S ", 25_000)]
    public void A_time_is_read_in_all_its_forms(string text, int milliseconds)
    {
        Assert.True(OptionText.TryParse(typeof(TimeSpan), text, out object? value));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Theory]
    [InlineData("25")]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 weeks")]
    [InlineData("99999999999999999999d")]
    [InlineData("1e5s")]
    public void What_is_no_time_is_refused(string text) => Assert.False(OptionText.TryParse(typeof(TimeSpan), text, out _));

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("64KB", 65536)]
    [InlineData("1 mb", 1048576)]
    [InlineData("65,536", 65536)]
    public void A_number_is_read_in_all_its_forms(string text, int number)
    {
        Assert.True(OptionText.TryParse(typeof(int), text, out object? value));
        Assert.Equal(number, value);
    }

    [Theory]
    [InlineData("3000000000")]
    [InlineData("9GB")]
    [InlineData("9999999999999GB")]
    [InlineData("1.5")]
    [InlineData("0x10")]
    [InlineData("KB")]
    public void What_is_no_whole_number_is_refused(string text) => Assert.False(OptionText.TryParse(typeof(int), text, out _));

    [Fact]
    public void Times_and_numbers_that_are_written_are_read_back()
    {
        foreach (OptionEntry entry in OptionCatalog.Sections.SelectMany(section => section.Entries).Where(entry => entry.Default is not null and not Array and not System.Collections.IList))
        {
            Assert.True(OptionText.TryParse(entry.Type, OptionText.Format(entry.Default), out object? value), entry.Key);
            Assert.Equal(entry.Default, value);
        }
    }

    [Theory]
    [InlineData("Limits:MesageBytesMax", "Limits:MessageBytesMax")]
    [InlineData("limit:messagebytesmax", "Limits:MessageBytesMax")]
    [InlineData("MessageBytesMax", "Limits:MessageBytesMax")]
    [InlineData("Origin:Allow", "Origins:Allowed")]
    [InlineData("Rooms:Policies:0:Histroy", "Rooms:Policies:0:History")]
    [InlineData("urls", "Listen:Urls")]
    public void An_unknown_option_names_the_nearest_known_one(string key, string nearest)
    {
        Bind(out List<string> problems, (key, "1"));

        Assert.Equal($"unknown option {key} (test); did you mean {nearest}?", problems[0]);
    }

    [Fact]
    public void A_value_out_of_range_names_option_value_source_and_range()
    {
        Bind(out List<string> problems, ("Limits:MessageBytesMax", "5"), ("Limits:IdleTimeout", "2d"));

        Assert.Equal(
            [
                "Limits:IdleTimeout is \"2d\" (test); it must be a time such as 250ms, 25s, 5m or 00:00:25, 200ms to 1d",
                "Limits:MessageBytesMax is \"5\" (test); it must be a whole number of bytes, 1,024 to 16,777,216",
            ],
            problems);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        Bind(out List<string> problems,
            ("Limits:MessageBytesMax", "many"), ("Auth:Guests", "maybe"), ("Listen:Host", "magic"), ("Nowhere", "1"),
            ("Proxies:Trusted", "10.0.0.300"), ("Origins:Allowed", "example.com/path"), ("Limits:HeartbeatInterval", "2m"));

        Assert.Equal(7, problems.Count);
        Assert.Contains("Listen:Host is \"magic\" (test); it must be auto or epoll or pipe", problems);
        Assert.Contains("Limits:IdleTimeout is 1m; it must be longer than Limits:HeartbeatInterval, 2m", problems);
    }

    [Fact]
    public void Names_and_choices_are_compared_without_case()
    {
        GatewayOptions options = Bind(out List<string> problems, ("LIMITS:MESSAGEBYTESMAX", "2048"), ("rooms:policies:0:match", "a*"), ("ROOMS:POLICIES:0:SLOWCONSUMER", "CATCHUP"), ("auth:guests", "FALSE"));

        Assert.Empty(problems);
        Assert.Equal(2048, options.Limits.MessageBytesMax);
        Assert.Equal("a*", Assert.Single(options.Rooms.Policies).Match);
        Assert.False(options.Auth.Guests);
    }

    [Fact]
    public void A_list_may_be_one_text_or_one_setting_an_entry()
    {
        GatewayOptions options = Bind(out List<string> problems,
            ("Proxies:Trusted", "10.0.0.0/8, ::1 ;192.168.1.1"), ("Origins:Allowed:0", "https://a.example"), ("Origins:Allowed:1", "*.b.example"));

        Assert.Empty(problems);
        Assert.Equal(["10.0.0.0/8", "::1", "192.168.1.1"], options.Proxies.Trusted);
        Assert.Equal(["https://a.example", "*.b.example"], options.Origins.Allowed);
    }

    [Fact]
    public void Entries_of_a_list_are_ordered_by_number()
    {
        GatewayOptions options = Bind(out _, ("Rooms:Policies:10:Match", "k"), ("Rooms:Policies:2:Match", "c"), ("Rooms:Policies:2:Retention:Age", "7d"));

        Assert.Equal(["c", "k"], options.Rooms.Policies.Select(policy => policy.Match));
        Assert.Equal(TimeSpan.FromDays(7), options.Rooms.Policies[0].Retention.Age);
        Assert.Equal(1000, options.Rooms.Policies[1].Retention.Messages);
    }

    [Fact]
    public void A_policy_without_a_pattern_is_refused()
    {
        Bind(out List<string> problems, ("Rooms:Policies:0:History", "10"));

        Assert.StartsWith("Rooms:Policies:0:Match is \"\"", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_is_no_value_and_a_value_no_section()
    {
        Bind(out List<string> problems, ("Limits", "5"), ("Auth:Guests:Really", "true"), ("Rooms:Policies", "all"));

        Assert.Equal(3, problems.Count);
    }

    private static GatewayOptions Bind(out List<string> problems, params (string Key, string Value)[] settings)
    {
        SettingNode node = new("test");
        foreach ((string key, string value) in settings) node.Set(key, value, "test");
        problems = [];
        GatewayOptions options = new();
        OptionBinding.Bind(node, options, problems);
        return options;
    }
}
