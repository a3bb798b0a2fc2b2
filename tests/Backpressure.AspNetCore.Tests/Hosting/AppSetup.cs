using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>Describes an application under test: its options, what stands around the middleware, its endpoints and its server.</summary>
internal sealed class AppSetup
{
    /// <summary>The clock of deadlines and waits; it stands still until a test moves it.</summary>
    public FakeTimeProvider Time { get; init; } = new();

    /// <summary>Leaves the clock above out, so that the package takes its own: the system's, on a timerfd.</summary>
    public bool OnRealTime { get; init; }

    public Action<BackpressureOptions> Options { get; init; } = static _ => { };

    public Dictionary<string, string?> Configuration { get; init; } = [];

    public Action<IServiceCollection> Services { get; init; } = static _ => { };

    /// <summary>What stands outside of routing, such as an exception handler.</summary>
    public Action<IApplicationBuilder> Outside { get; init; } = static _ => { };

    /// <summary>What stands between routing and the endpoints. By default the middleware under test alone.</summary>
    public Action<IApplicationBuilder> Pipeline { get; init; } = static app => app.UseBackpressure();

    /// <summary>The endpoints. By default <c>/</c> answers "served".</summary>
    public Action<IEndpointRouteBuilder> Endpoints { get; init; } = static endpoints => endpoints.MapGet("/", static () => "served");

    /// <summary>Sees the services before the host starts.</summary>
    public Action<IServiceProvider> BeforeStart { get; init; } = static _ => { };

    public string Environment { get; init; } = "Production";

    /// <summary>The protocol to listen for on a loopback socket; <see langword="null"/> for the test server, which has no sockets.</summary>
    public HttpProtocols? Sockets { get; init; }

    /// <summary>What the socket serves TLS with; <see langword="null"/> for clear text.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Limit and queue for the whole server, and handlers at <c>/</c> that a turnstile holds and that ignore their token.</summary>
    public static AppSetup Held(int limit, int queue, Turnstile turnstile, Action<BackpressureOptions>? more = null) => new()
    {
        Options = Limited(limit, queue) + more,
        Endpoints = endpoints => endpoints.MapGet("/", async () =>
        {
            await turnstile.PassAsync();
            return "served";
        }),
    };

    /// <summary>A fixed limit and a queue for the whole server.</summary>
    public static Action<BackpressureOptions> Limited(int limit, int queue) => options =>
    {
        options.Limit.Algorithm = LimitAlgorithm.Fixed;
        options.Limit.Maximum = limit;
        options.Queue.Capacity = queue;
    };
}
