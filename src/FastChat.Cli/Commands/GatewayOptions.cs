using System.CommandLine;
using FastChat.Client;

namespace FastChat.Cli.Commands;

/// <summary>Which gateway, and as whom: the options that all commands have. What the environment gives yields to them.</summary>
internal sealed class GatewayOptions
{
    private const string DefaultUrl = "ws://localhost:8000/ws";

    private readonly string _defaultUser;
    private readonly Option<string> _url = new("--url")
    {
        Description = "The gateway: ws, wss, http, https, tcp://host:port or tcps://host:port; FASTCHAT_URL when not given.",
        DefaultValueFactory = _ => Variable("FASTCHAT_URL") ?? DefaultUrl,
    };
    private readonly Option<string?> _user = new("--user")
    {
        Description = "Your display name; FASTCHAT_USER when not given.",
    };

    /// <param name="command">Gets the options.</param>
    /// <param name="defaultUser">The name to come in under when nobody asks for one.</param>
    public GatewayOptions(Command command, string defaultUser)
    {
        _defaultUser = defaultUser;
        command.Add(_url);
        command.Add(_user);
    }

    /// <summary>The name that the system knows who runs this by.</summary>
    public static string SystemUser => Variable("USER") ?? Variable("USERNAME") ?? "guest";

    /// <summary>Reads them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="surroundings">See <see cref="GatewayAccess"/>.</param>
    /// <param name="onlyPublishes">The command reads no events, and gives up when the gateway is away.</param>
    public GatewayAccess Read(ParseResult parsed, Surroundings surroundings, bool onlyPublishes)
    {
        string url = parsed.GetRequiredValue(_url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri)) throw new FastChatException(FastChatError.InvalidField, $"--url: {url} is no address.");
        string? user = parsed.GetValue(_user) ?? Variable("FASTCHAT_USER");
        return new GatewayAccess(MakeOptions, user ?? _defaultUser, mayBeOther: user is null, surroundings);

        FastChatClientOptions MakeOptions(string name) => new()
        {
            Uri = uri,
            User = name,
            KeyFile = surroundings.Keys,
            Token = Variable("FASTCHAT_TOKEN"),
            IgnoreEvents = onlyPublishes,
            FailuresMax = onlyPublishes ? 4 : null,
        };
    }

    /// <summary>A variable of the environment that is set and not empty.</summary>
    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
