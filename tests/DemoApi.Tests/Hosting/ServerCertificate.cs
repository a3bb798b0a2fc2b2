using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DemoApi.Tests.Hosting;

/// <summary>A certificate that a DemoApi serves TLS with; clients made here trust it and no other.</summary>
public sealed class ServerCertificate : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1); // before and after now

    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _certificate;

    public ServerCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=demo", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now - Validity, now + Validity);
        File.WriteAllText(_folder["certificate.pem"], _certificate.ExportCertificatePem());
        File.WriteAllText(_folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The settings of a TLS endpoint on a free port, in place of the address that a <see cref="DemoProcess"/> has otherwise.</summary>
    public Dictionary<string, string?> Settings() => new()
    {
        ["ASPNETCORE_URLS"] = null,
        ["Kestrel__Endpoints__Tls__Url"] = "https://127.0.0.1:0",
        ["Kestrel__Endpoints__Tls__Certificate__Path"] = _folder["certificate.pem"],
        ["Kestrel__Endpoints__Tls__Certificate__KeyPath"] = _folder["key.pem"],
    };

    /// <summary>A client for <paramref name="address"/>.</summary>
    public HttpClient ClientFor(Uri address)
    {
        SslClientAuthenticationOptions tls = new()
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawDataMemory.Span),
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = tls, MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = address };
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }
}
