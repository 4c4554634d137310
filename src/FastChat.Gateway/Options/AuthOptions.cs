namespace FastChat.Gateway.Options;

[OptionSection("Who may come in.")]
internal sealed class AuthOptions
{
    [Option("Whether people without an account may come in. Otherwise a join and `POST /send_message` need a token; tokens come with a later version, so in this one nobody gets in.")]
    public bool Guests { get; set; } = true;

    [Option("How long a guest's name stays theirs after their last connection was lost; at least `Presence:ReconnectGrace`. Until then it takes the guest key to use it. Who closes the connection, or leaves every room first, gives the name up at once.")]
    [OptionRange("0s", "30d")]
    public TimeSpan GuestNameHold { get; set; } = TimeSpan.FromSeconds(10);

    [Option("A file with the keys that sign guest keys: one base64 text of 32 bytes a line. The first signs, all are accepted, so a new key goes on top and the old one stays until what it signed is no longer needed. A missing or wrong file stops the start.", WhenUnset = "`keys` in the data folder, made at the first start")]
    public string? SigningKeyFile { get; set; }
}
