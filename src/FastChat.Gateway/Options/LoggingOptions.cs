namespace FastChat.Gateway.Options;

[OptionSection("What goes to the console.")]
internal sealed class LoggingOptions
{
    [Option("Least level that is logged. Bad input of peers is logged at `debug`.")]
    public LogLevel Level { get; set; } = LogLevel.Information;
}
