namespace FastChat.Gateway.Options;

[OptionSection("Reverse proxies and load balancers in front of the gateway.")]
internal sealed class ProxiesOptions
{
    [Option("Addresses and CIDR blocks (`10.0.0.0/8`, `::1`) that are believed when they send `X-Forwarded-For`, `-Proto` or `-Host`, or the PROXY protocol (v1, v2). From everybody else these are ignored.", WhenUnset = "nobody")]
    public string[] Trusted { get; set; } = [];
}
