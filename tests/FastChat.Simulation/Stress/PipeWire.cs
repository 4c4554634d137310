using System.Buffers;
using System.IO.Pipelines;
using FastChat.Codec.Messages;
using FastChat.Simulation.Model;

namespace FastChat.Simulation.Stress;

/// <summary>A wire over a pair of pipes, polled: what the host sends through a writer, as with TLS.</summary>
internal sealed class PipeWire : Wire
{
    private static readonly PipeOptions Small = new(pauseWriterThreshold: 8 * 1024, resumeWriterThreshold: 4 * 1024, useSynchronizationContext: false);
    private readonly Pipe _up = new(Small);
    private readonly Pipe _down = new(Small);
    private Task<FlushResult>? _flush;
    private bool _isGone;
    private bool _isRead = true;

    public PipeWire(WireForm form)
        : base(form) => Far = new Ends(_up.Reader, _down.Writer);

    /// <summary>The gateway's side.</summary>
    public IDuplexPipe Far { get; }

    protected override bool IsGone => _isGone;

    public override void SetWindow(int bytes) => _isRead = bytes > 0;

    public override void Reset()
    {
        _isGone = true;
        _up.Writer.Complete(new IOException("reset"));
        _down.Reader.Complete();
    }

    public override void Desert(int windowBytes) => Reset();

    protected override int Give(byte[] bytes)
    {
        if (_isGone) return bytes.Length;
        if (_flush is { IsCompleted: false }) return 0;
        _up.Writer.Write(bytes);
        _flush = _up.Writer.FlushAsync().AsTask();
        return bytes.Length;
    }

    protected override byte[] Fetch()
    {
        if (_isGone || !_isRead || !_down.Reader.TryRead(out ReadResult result)) return [];
        byte[] bytes = result.Buffer.ToArray();
        _down.Reader.AdvanceTo(result.Buffer.End);
        _isGone = result.IsCompleted;
        return bytes;
    }

    protected override void Finish()
    {
        if (!_isGone) _up.Writer.Complete();
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
