using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>The same over TLS, where both sides agree on HTTP/2 by ALPN.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly Turnstile _turnstile = new();
    private readonly X509Certificate2 _certificate = NewCertificate();

    [Fact]
    public async Task A_call_is_served_or_refused_and_tried_again_as_over_clear_text()
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(1, 0) + (static options =>
            options.Shed.MinimumRetryAfter = options.Shed.MaximumRetryAfter = TimeSpan.FromMilliseconds(1)), certificate: _certificate);
        OrdersClient client = rpc.Client(Policies.Retries(2));
        Assert.Equal("placed tea", await RealTime.Within(client.PlaceAsync("tea").ResponseAsync));
        await rpc.App.IsIdleAsync();
        _ = await rpc.App.EnterAsync(_turnstile);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("coffee").ResponseAsync));

        Assert.Equal("https", rpc.App.Client.BaseAddress!.Scheme);
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal([null, "reason=queue-full", "reason=queue-full"], rpc.Tries.Select(static arrived => arrived.Reason));
        Assert.Equal(["tea"], desk.Executed);
    }

    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 NewCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=orders", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
