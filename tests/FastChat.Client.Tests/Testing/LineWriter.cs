using System.Text;
using System.Threading.Channels;

namespace FastChat.Client.Tests.Testing;

/// <summary>Gives a test the lines that a command writes, as they come.</summary>
internal sealed class LineWriter : TextWriter
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw new NotSupportedException("Commands write whole lines.");

    public override void WriteLine(string? value) => _lines.Writer.TryWrite(value ?? "");

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    public Task<string> NextAsync() => _lines.Reader.ReadAsync().InTime();
}
