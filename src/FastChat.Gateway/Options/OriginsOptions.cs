namespace FastChat.Gateway.Options;

[OptionSection("Which web sites may use the gateway from a browser: one list for WebSocket upgrades and for CORS. A request with another origin is answered 403, naming the origin and this option.")]
internal sealed class OriginsOptions
{
    [Option("Origins allowed besides the gateway's own host, each an exact origin (`https://app.example.com`), all hosts below a domain (`*.example.com`, `https://*.example.com:8443`), `null` (pages from files), or `*` for all. Requests without an `Origin` header are always allowed.", WhenUnset = "the own host alone; every loopback origin too while all of `Listen:Urls` are loopback")]
    public string[] Allowed { get; set; } = [];
}
