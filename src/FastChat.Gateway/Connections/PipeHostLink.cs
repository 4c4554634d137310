namespace FastChat.Gateway.Connections;

/// <summary>What both links of the pipe host share: input and end are the connection's.</summary>
internal abstract class PipeHostLink(PipeConnection connection) : Link
{
    /// <summary>Whose link.</summary>
    protected PipeConnection Connection { get; } = connection;

    /// <inheritdoc/>
    public sealed override void ResumeReading() => Connection.ResumeReading();

    /// <inheritdoc/>
    public override void Abort() => Connection.Finish();
}
