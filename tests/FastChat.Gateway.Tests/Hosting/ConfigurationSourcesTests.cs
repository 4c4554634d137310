using System.Collections;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;

namespace FastChat.Gateway.Tests.Hosting;

public sealed class ConfigurationSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fastchat").FullName;
    private readonly Hashtable _environment = [];
    private readonly List<string> _problems = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        string file = WriteFile("""{"Limits":{"MessageBytesMax":2048,"FragmentsMax":2,"RoomsMax":2}}""");
        _environment["FASTCHAT_Limits__FragmentsMax"] = "3";
        _environment["FASTCHAT_LIMITS__ROOMSMAX"] = "3";

        GatewayOptions options = Read("--config", file, "--Limits:RoomsMax=4");

        Assert.Empty(_problems);
        Assert.Equal((2048, 3, 4), (options.Limits.MessageBytesMax, options.Limits.FragmentsMax, options.Limits.RoomsMax));
    }

    [Fact]
    public void A_later_list_takes_the_place_of_the_whole_earlier_one()
    {
        string file = WriteFile("""{"Origins":{"Allowed":["https://a.example","https://b.example"]},"Proxies":{"Trusted":["::1"]}}""");
        _environment["FASTCHAT_Origins__Allowed__0"] = "https://c.example";

        GatewayOptions options = Read("--config", file, "--Proxies:Trusted=10.0.0.0/8,127.0.0.1");

        Assert.Equal(["https://c.example"], options.Origins.Allowed);
        Assert.Equal(["10.0.0.0/8", "127.0.0.1"], options.Proxies.Trusted);
    }

    [Fact]
    public void Files_may_have_comments_trailing_commas_texts_for_numbers_and_null_for_the_default()
    {
        string file = WriteFile("""
            {
              // what support asked for
              "Limits": { "MessageBytesMax": "128KB", "FragmentsMax": null, },
              "Auth": { "Guests": false },
              "Presence:ReconnectGrace": "5s",
              "Rooms": { "Policies": [ { "Match": "support.*", "Retention": { "Age": "7d" } }, ] },
            }
            """);

        GatewayOptions options = Read($"--config={file}");

        Assert.Empty(_problems);
        Assert.Equal(131072, options.Limits.MessageBytesMax);
        Assert.Equal(1024, options.Limits.FragmentsMax);
        Assert.False(options.Auth.Guests);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Presence.ReconnectGrace);
        Assert.Equal(TimeSpan.FromDays(7), options.Rooms.Policies[0].Retention.Age);
    }

    [Theory]
    [InlineData("""{"Limits":{"FragmentsMax":3,"fragmentsmax":4}}""", "Limits:fragmentsmax stands twice")]
    [InlineData("""{"Limits":{"FragmentsMax":}}""", "is not JSON, line 1")]
    [InlineData("""["Limits"]""", "must hold one JSON object")]
    [InlineData("""{"Data":{"Folder":"\ud800"}}""", "is not Unicode")]
    [InlineData("", "is not JSON, line 1")]
    public void A_broken_file_says_where(string json, string words)
    {
        string file = WriteFile(json);

        Read("--config", file);

        Assert.Contains(words, Assert.Single(_problems), StringComparison.Ordinal);
        Assert.Contains(file, _problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_that_is_missing_is_an_error()
    {
        Read("--config", Path.Combine(_folder, "nowhere.json"));

        Assert.StartsWith("the file of --config cannot be read", Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_short_forms_of_the_address_the_command_line_wins_then_ASPNETCORE_URLS_then_PORT()
    {
        _environment["ASPNETCORE_HTTP_PORTS"] = "1";
        Assert.Equal(["http://localhost:8000"], Read().Listen.Urls);
        _environment["PORT"] = "2";
        Assert.Equal(["http://*:2"], Read().Listen.Urls);
        _environment["ASPNETCORE_URLS"] = "http://localhost:3;http://127.0.0.1:33";
        Assert.Equal(["http://localhost:3", "http://127.0.0.1:33"], Read().Listen.Urls);
        _environment["FASTCHAT_Listen__Urls"] = "http://localhost:4";
        Assert.Equal(["http://localhost:4"], Read().Listen.Urls);
        Assert.Equal(["http://localhost:5"], Read("--urls", "http://localhost:5").Listen.Urls);
        Assert.Empty(_problems);
    }

    [Fact]
    public void PORT_yields_to_the_file()
    {
        _environment["PORT"] = "2";

        Assert.Equal(["http://localhost:7"], Read("--config", WriteFile("""{"Listen":{"Urls":"http://localhost:7"}}""")).Listen.Urls);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("65536")]
    [InlineData("-1")]
    public void A_PORT_that_is_none_is_refused(string port)
    {
        _environment["PORT"] = port;

        Read();

        Assert.Equal($"PORT is \"{port}\" (environment); it must be a port, 0 to 65,535", Assert.Single(_problems));
    }

    [Fact]
    public void What_Kubernetes_sets_for_a_service_named_fastchat_is_ignored()
    {
        foreach (string name in new[] { "FASTCHAT_SERVICE_HOST", "FASTCHAT_SERVICE_PORT", "FASTCHAT_SERVICE_PORT_HTTP", "FASTCHAT_PORT", "FASTCHAT_PORT_80_TCP", "FASTCHAT_PORT_80_TCP_ADDR", "FASTCHAT_REDIS_SERVICE_HOST", "FASTCHAT_REDIS_PORT_6379_TCP_PROTO" })
            _environment[name] = "tcp://10.0.0.1:80";

        Read();

        Assert.Empty(_problems);
    }

    [Theory]
    [InlineData("FASTCHAT_Limits_FragmentsMax")]
    [InlineData("FASTCHAT_FragmentsMax")]
    public void A_variable_without_two_underscores_names_the_nearest_one(string name)
    {
        _environment[name] = "5";

        Read();

        Assert.Equal($"unknown option {name} (environment); did you mean FASTCHAT_Limits__FragmentsMax?", Assert.Single(_problems));
    }

    [Fact]
    public void An_empty_variable_counts_as_not_set()
    {
        _environment["FASTCHAT_Auth__SigningKeyFile"] = "";
        _environment["ASPNETCORE_URLS"] = "";

        Assert.Null(Read().Auth.SigningKeyFile);
        Assert.Empty(_problems);
    }

    [Theory]
    [InlineData("unknown argument \"run\"", "run")]
    [InlineData("--Limits:RoomsMax needs a value", "--Limits:RoomsMax")]
    [InlineData("--Limits:RoomsMax needs a value", "--Limits:RoomsMax", "--Auth:Guests=true")]
    [InlineData("unknown option prot (command line)", "--prot=1")]
    public void A_command_line_that_is_not_understood_says_so(string words, params string[] arguments)
    {
        Read(arguments);

        Assert.StartsWith(words, Assert.Single(_problems), StringComparison.Ordinal);
    }

    private GatewayOptions Read(params string[] arguments) => ConfigurationSources.Read(CommandLine.Parse(arguments, _problems), _environment, _problems);

    private string WriteFile(string json)
    {
        string path = Path.Combine(_folder, "options.json");
        File.WriteAllText(path, json);
        return path;
    }
}
