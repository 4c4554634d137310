using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastChat.Client.Tests.Testing;
using FastChat.Codec.Messages;

namespace FastChat.Client.Tests.Connections;

public sealed class TlsTests : IDisposable
{
    private readonly X509Certificate2 _certificate = NewCertificate();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tcps")]
    [InlineData("wss")]
    public async Task A_trusted_certificate_lets_the_client_in_and_it_closes_cleanly(string scheme)
    {
        await using FakeGateway gateway = new(_certificate);
        FastChatClientOptions options = new()
        {
            Uri = gateway.Address(scheme),
            CertificateValidation = (_, certificate, _, _) => certificate!.GetCertHashString() == _certificate.GetCertHashString(),
        };
        await using FastChatClient client = new(options);
        Task connecting = client.ConnectAsync(Stop);
        FakePeer peer = await gateway.AcceptAsync();
        await connecting.InTime();
        Task<RoomJoined> joining = client.JoinAsync(cancellationToken: Stop);
        await peer.SendAsync(Say.History(await peer.ExpectAsync(MessageType.Join), 3, messages: new Say.Entry(3, new string('x', 100_000))));
        Assert.Equal(100_000, (await joining.InTime()).Messages[0].Text!.Length);
        await client.DisposeAsync().AsTask().InTime();
        await peer.Ended.InTime();
    }

    [Theory]
    [InlineData("tcps")]
    [InlineData("wss")]
    public async Task A_certificate_that_nobody_trusts_is_named(string scheme)
    {
        await using FakeGateway gateway = new(_certificate);
        await using FastChatClient client = new(new FastChatClientOptions { Uri = gateway.Address(scheme), FailuresMax = 1 });
        FastChatException error = await Assert.ThrowsAsync<FastChatException>(() => client.ConnectAsync(Stop).InTime());
        Assert.Equal(FastChatError.ConnectionLost, error.Error);
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 NewCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        // Through its file form, which all systems can serve with.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }
}
