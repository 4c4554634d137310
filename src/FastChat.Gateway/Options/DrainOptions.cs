namespace FastChat.Gateway.Options;

[OptionSection("How the gateway stops.")]
internal sealed class DrainOptions
{
    [Option("Time in which connections are closed after the gateway was asked to stop (SIGTERM, Ctrl+C). What is still open then is cut.")]
    [OptionRange("0s", "1h")]
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(25);
}
