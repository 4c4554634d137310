namespace FastChat.System.Tests.Kit;

/// <summary>Where peers connect to: a gateway as a process, or inside the test's own where its counts can be read.</summary>
internal interface IGatewayUnderTest : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    Uri Address { get; }

    /// <summary>Where it serves TLS, when the options ask for it.</summary>
    Uri SecureAddress { get; }
}
