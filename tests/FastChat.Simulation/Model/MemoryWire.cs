using FastChat.Codec.Messages;
using FastChat.Gateway.Connections;

namespace FastChat.Simulation.Model;

/// <summary>A wire to the memory host.</summary>
internal sealed class MemoryWire(MemoryConnection connection, WireForm form) : Wire(form)
{
    public override bool IsQuiet => base.IsQuiet && !connection.IsHeldBack && connection.Session.PendingBytes == 0;

    protected override bool IsGone => connection.IsAborted;

    public override string ToString() =>
        $"{base.ToString()} held: {connection.IsHeldBack} pending: {connection.Session.PendingBytes} full: {connection.Session.IsFull} closing: {connection.Session.IsClosing}";

    public override void SetWindow(int bytes) => connection.WindowBytes = bytes;

    public override void Reset() => connection.Reset();

    public override void BreakSending() => connection.BreakSending();

    public override void Desert(int windowBytes) => connection.WindowBytes = windowBytes;

    protected override int Give(byte[] bytes)
    {
        connection.Receive(bytes);
        return bytes.Length;
    }

    protected override byte[] Fetch() => connection.TakeSent();

    protected override void Finish() => connection.FinishReceiving();
}
