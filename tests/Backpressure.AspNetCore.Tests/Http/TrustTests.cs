using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Who is trusted: whoever opened the connection from a named network, whatever headers say; or whom the application's code picks (H3).</summary>
public sealed class TrustTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData("127.0.0.0/8", HttpProtocols.Http1, Criticality.Critical)]
    [InlineData("127.0.0.0/8", HttpProtocols.Http2, Criticality.Critical)]
    [InlineData("10.0.0.0/8", HttpProtocols.Http1, Criticality.Normal)]
    [InlineData("10.0.0.0/8", HttpProtocols.Http2, Criticality.Normal)]
    [InlineData("::/0", HttpProtocols.Http1, Criticality.Normal)]
    public async Task A_peer_of_a_trusted_network_may_raise_its_criticality(string network, HttpProtocols protocol, Criticality expected)
    {
        await using App app = await AppAsync(options => options.Headers.TrustedNetworks.Add(network), protocol);

        Assert.Equal(expected, await AskAsync(app));
        Assert.Equal(Criticality.Sheddable, await AskAsync(app, "sheddable"));
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("10.1.2.3, 10.1.2.4")]
    public async Task A_forwarded_address_makes_nobody_trusted(string forwarded)
    {
        await using App app = await AppAsync(options => options.Headers.TrustedNetworks.Add("10.0.0.0/8"), HttpProtocols.Http1, Forwarding);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Criticality", "critical"), ("X-Forwarded-For", forwarded));

        Assert.Equal("Normal", await answer.Content.ReadAsStringAsync());
        Assert.StartsWith("10.1.2.", answer.Header("Seen"), StringComparison.Ordinal); // the middleware outside has put it in the peer's place
        Assert.False(answer.Headers.Contains("Backpressure"));
    }

    [Fact]
    public async Task A_forwarded_address_takes_no_trust_away()
    {
        await using App app = await AppAsync(options => options.Headers.TrustedNetworks.Add("127.0.0.1/32"), HttpProtocols.Http1, Forwarding);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Criticality", "critical"), ("X-Forwarded-For", "203.0.113.7"));

        Assert.Equal("Critical", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_socket_for_both_families_shows_peers_of_IPv4_too()
    {
        await using WebApplication host = await ListenAsync(kestrel => kestrel.Listen(IPAddress.IPv6Any, 0), "127.0.0.0/8");
        using HttpClient client = new() { BaseAddress = new Uri(host.Urls.Single().Replace("[::]", "127.0.0.1", StringComparison.Ordinal)) };

        Assert.Equal("Critical ::ffff:127.0.0.1", await SayCriticalAsync(client));
    }

    [Theory]
    [InlineData(false, "Normal ")]
    [InlineData(true, "Critical ")]
    public async Task On_a_Unix_socket_nobody_has_an_address_and_the_predicate_decides(bool asks, string expected)
    {
        string path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"backpressure-{Environment.ProcessId}-{asks}.sock"));
        File.Delete(path);
        await using WebApplication host = await ListenAsync(kestrel => kestrel.ListenUnixSocket(path), "0.0.0.0/0", asks ? static _ => true : null);
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
        };

        Assert.Equal(expected, await SayCriticalAsync(client));
    }

    [Theory]
    [InlineData(false, Criticality.Critical)]
    [InlineData(true, Criticality.Normal)]
    public async Task On_another_server_the_address_counts_unless_it_was_forwarded(bool isForwarded, Criticality expected)
    {
        await using App app = await AppAsync(options => options.Headers.TrustedNetworks.Add("10.0.0.0/8"), null, outside =>
        {
            outside.Use((context, next) =>
            {
                context.Connection.LocalIpAddress = IPAddress.Loopback;
                context.Connection.RemoteIpAddress = IPAddress.Parse(isForwarded ? "127.0.0.1" : "10.1.2.3");
                return next(context);
            });
            Forwarding(outside);
        });

        using HttpResponseMessage answer = await app.GetAsync("/", [("Request-Criticality", "critical"), .. isForwarded ? [("X-Forwarded-For", "10.1.2.3")] : Array.Empty<(string, string)>()]);

        Assert.Equal(expected.ToString(), await answer.Content.ReadAsStringAsync());
        Assert.Equal("10.1.2.3", answer.Header("Seen"));
    }

    [Fact] // as on a named pipe: forwarded headers are taken there from anybody, and leave no original behind
    public async Task Where_the_connection_has_no_addresses_a_forwarded_one_is_nobodys()
    {
        await using App app = await AppAsync(options => options.Headers.TrustedNetworks.Add("10.0.0.0/8"), null, Forwarding);

        using HttpResponseMessage answer = await app.GetAsync("/", [("Request-Criticality", "critical"), ("X-Forwarded-For", "10.1.2.3")]);

        Assert.Equal(nameof(Criticality.Normal), await answer.Content.ReadAsStringAsync());
        Assert.Equal("10.1.2.3", answer.Header("Seen"));
    }

    [Fact]
    public async Task A_predicate_decides_in_place_of_the_networks()
    {
        await using App app = await AppAsync(
            options =>
            {
                options.Headers.TrustedNetworks.Add("127.0.0.0/8");
                options.Headers.IsTrusted = static context => context.Request.Headers["Key"] == "secret";
            },
            HttpProtocols.Http1);

        Assert.Equal(Criticality.Normal, await AskAsync(app));
        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Criticality", "critical"), ("Key", "secret"));
        Assert.Equal("Critical", await answer.Content.ReadAsStringAsync());
    }

    [Fact] // C8
    public async Task A_predicate_that_throws_trusts_nobody_and_is_logged_once_in_ten_seconds()
    {
        await using App app = await AppAsync(options => options.Headers.IsTrusted = static _ => throw new InvalidOperationException("no"), null);

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Criticality.Normal, await AskAsync(app));
        }

        Assert.Single(app.Logs, static record => record.Id.Name == "IsTrustedFailed" && record.Level == LogLevel.Error);
        app.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Criticality.Normal, await AskAsync(app));
        Assert.Equal("4", app.Logs.Last(static record => record.Id.Name == "IsTrustedFailed").GetStructuredStateValue("Unreported"));
    }

    [Fact] // H3
    public async Task A_trusted_critical_request_takes_the_place_of_a_strangers()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile, static options => options.Headers.IsTrusted = static context => context.Request.Headers.ContainsKey("Key")));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> stranger = await app.QueueAsync("/", "default", ("Request-Criticality", "critical"));

        Task<HttpResponseMessage> trusted = app.GetAsync("/", ("Request-Criticality", "critical"), ("Key", "1"));
        Assert.Same(stranger, await Task.WhenAny(stranger, trusted));

        Assert.Equal("displaced", (await stranger).Reason());
        _turnstile.Open();
        Assert.Equal(HttpStatusCode.OK, (await trusted).StatusCode);
    }

    private static void Forwarding(IApplicationBuilder outside) => outside.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = 1 });

    private static async Task<Criticality> AskAsync(App app, string criticality = "critical")
    {
        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Criticality", criticality));
        return Enum.Parse<Criticality>(await answer.Content.ReadAsStringAsync());
    }

    private static string Look(HttpContext context)
    {
        context.Response.Headers["Seen"] = context.Connection.RemoteIpAddress?.ToString();
        return context.Features.Get<IBackpressureFeature>()!.Criticality.ToString();
    }

    private static Task<App> AppAsync(Action<BackpressureOptions> options, HttpProtocols? sockets, Action<IApplicationBuilder>? outside = null) => App.StartAsync(new AppSetup
    {
        Sockets = sockets,
        Options = options,
        Outside = outside ?? (static _ => { }),
        Endpoints = endpoints => endpoints.MapGet("/", Look),
    });

    private static async Task<string> SayCriticalAsync(HttpClient client)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Request-Criticality", "critical");
        using HttpResponseMessage answer = await client.SendAsync(request);
        return $"{await answer.Content.ReadAsStringAsync()} {(answer.Headers.TryGetValues("Seen", out IEnumerable<string>? seen) ? seen.Single() : "")}";
    }

    private static async Task<WebApplication> ListenAsync(Action<KestrelServerOptions> listen, string network, Func<HttpContext, bool>? isTrusted = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddBackpressure(options =>
        {
            options.Headers.TrustedNetworks.Add(network);
            options.Headers.IsTrusted = isTrusted;
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(listen);
        WebApplication host = builder.Build();
        host.UseRouting();
        host.UseBackpressure();
        host.MapGet("/", Look);
        await host.StartAsync();
        return host;
    }
}
