using System.IO.Pipelines;

namespace FastChat.Gateway.Connections;

/// <summary>A stream as a pair of pipes: an upgraded request. Reads wait without a buffer.</summary>
internal sealed class StreamTransport : IDuplexPipe, IAsyncDisposable
{
    public StreamTransport(Stream stream)
    {
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Input.CancelPendingRead();
        await Input.CompleteAsync();
        await Output.CompleteAsync();
    }
}
