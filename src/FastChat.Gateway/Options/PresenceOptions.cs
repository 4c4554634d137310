namespace FastChat.Gateway.Options;

[OptionSection("Who is told to be here.")]
internal sealed class PresenceOptions
{
    [Option("How long after an abrupt loss of a person's last connection the leave is told. A `leave` or a clean close is told at once.")]
    [OptionRange("0s", "1h")]
    public TimeSpan ReconnectGrace { get; set; } = TimeSpan.FromSeconds(2);

    [Option("Join and leave notices, counts and typing of one room are gathered and told at most once in this time.")]
    [OptionRange("10ms", "1m")]
    public TimeSpan NoticeInterval { get; set; } = TimeSpan.FromMilliseconds(200);
}
