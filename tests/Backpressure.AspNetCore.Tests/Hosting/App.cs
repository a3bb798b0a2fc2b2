using System.Net;
using System.Security.Cryptography.X509Certificates;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>A running application under test, and what a test asks of it.</summary>
internal sealed class App : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly SocketsHttpHandler? _connections;
    private readonly X509Certificate2? _certificate;

    private App(WebApplication host, AppSetup setup)
    {
        _host = host;
        _certificate = setup.Certificate;
        Time = setup.Time;
        if (setup.Sockets is null)
        {
            Client = host.GetTestClient();
        }
        else
        {
            _connections = NewConnections();
            Client = new HttpClient(_connections, disposeHandler: true)
            {
                BaseAddress = new Uri(host.Urls.Single()),
                DefaultRequestVersion = setup.Sockets == Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
        }

        Client.Timeout = RealTime.Patience;
    }

    public HttpClient Client { get; }

    public FakeTimeProvider Time { get; }

    public IServiceProvider Services => _host.Services;

    public IBackpressureMonitor Monitor => Services.GetRequiredService<IBackpressureMonitor>();

    public IReadOnlyList<FakeLogRecord> Logs => Services.GetFakeLogCollector().GetSnapshot();

    public static async Task<App> StartAsync(AppSetup setup)
    {
        WebApplication host = Build(setup);
        try
        {
            setup.BeforeStart(host.Services);
            await host.StartAsync();
            return new App(host, setup);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>One policy's numbers as they stand.</summary>
    public BackpressurePolicySnapshot Policy(string name = "default") => Monitor.GetSnapshot().Policies.Single(policy => policy.Policy == name);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(method, path) { Version = Client.DefaultRequestVersion, VersionPolicy = Client.DefaultVersionPolicy };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request);
    }

    /// <summary>Sends a request whose handler is held, and returns once it is inside.</summary>
    public async Task<Task<HttpResponseMessage>> EnterAsync(Turnstile turnstile, string path = "/")
    {
        Task<HttpResponseMessage> answer = GetAsync(path);
        await turnstile.ArrivalAsync();
        return answer;
    }

    /// <summary>Sends a request that waits in the queue, and returns once it does.</summary>
    public async Task<Task<HttpResponseMessage>> QueueAsync(string path = "/", string policy = "default", params (string Name, string Value)[] headers)
    {
        int before = Policy(policy).Queued;
        Task<HttpResponseMessage> answer = GetAsync(path, headers);
        await Eventually.HoldsAsync(() => Policy(policy).Queued == before + 1);
        return answer;
    }

    /// <summary>Connections of their own to the server, whose certificate they trust.</summary>
    public SocketsHttpHandler NewConnections() => new()
    {
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == _certificate?.GetCertHashString() },
    };

    /// <summary>Waits until nobody holds a permit or waits for one. A response may reach its client before the server is done with the request.</summary>
    public Task IsIdleAsync() => Eventually.HoldsAsync(() => Monitor.GetSnapshot() is { Active: 0 } snapshot && snapshot.Policies.All(policy => policy is { Active: 0, Queued: 0 }));

    /// <summary>Stops the host and disposes its services; disposing twice does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _connections?.Dispose();
        await _host.DisposeAsync();
    }

    private static WebApplication Build(AppSetup setup)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = setup.Environment });
        builder.Configuration.AddInMemoryCollection(setup.Configuration);
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddRouting();
        if (!setup.OnRealTime)
        {
            builder.Services.AddSingleton<TimeProvider>(setup.Time);
        }

        builder.Services.AddBackpressure(setup.Options);
        setup.Services(builder.Services);
        if (setup.Sockets is { } protocols)
        {
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (setup.Certificate is { } certificate)
                {
                    listen.UseHttps(certificate);
                }
            }));
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        WebApplication host = builder.Build();
        setup.Outside(host);
        host.UseRouting();
        setup.Pipeline(host);
        setup.Endpoints(host);
        return host;
    }
}
