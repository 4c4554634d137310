namespace FastChat.Gateway.Options;

[OptionSection("What the gateway keeps on disk.")]
internal sealed class DataOptions
{
    [Option("The data folder, made when missing; a relative path starts at the current folder. One gateway at a time: a second one is refused. When it cannot be written, the gateway warns and goes on with signing keys in memory, and guest keys end with the process.")]
    public string Folder { get; set; } = "./data";
}
