namespace FastChat.Gateway.Hosting;

/// <summary>The gateway cannot start, and an operator can do something about it. Each problem is shown as one line, without a stack trace.</summary>
internal sealed class StartException : Exception
{
    /// <summary>Exit code: the configuration is wrong.</summary>
    public const int WrongConfiguration = 2;

    /// <summary>Exit code: the configuration is right, its surroundings are not.</summary>
    public const int CannotStart = 1;

    public StartException(int exitCode, params IReadOnlyList<string> problems) : base(string.Join('\n', problems))
    {
        ExitCode = exitCode;
        Problems = problems;
    }

    public int ExitCode { get; }

    public IReadOnlyList<string> Problems { get; }
}
