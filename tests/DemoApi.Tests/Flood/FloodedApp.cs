using System.Net;
using Backpressure.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DemoApi.Tests.Flood;

/// <summary>An application on Kestrel on a loopback port, with one service of known capacity; no configuration and no logging come in from outside.</summary>
internal sealed class FloodedApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FloodedApp(WebApplication app, SimulatedService service)
    {
        _app = app;
        Service = service;
        Address = new Uri(app.Urls.Single());
    }

    public SimulatedService Service { get; }

    public Uri Address { get; }

    /// <summary>The endpoint that is governed.</summary>
    public Uri Work => new(Address, "/work");

    /// <summary>The endpoint that is exempt.</summary>
    public Uri Health => new(Address, "/healthz");

    public IServiceProvider Services => _app.Services;

    public IBackpressureMonitor Monitor => _app.Services.GetRequiredService<IBackpressureMonitor>();

    public static async Task<FloodedApp> StartAsync(FloodSetup setup)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, port: 0, listen => listen.Protocols = setup.Version == HttpVersion.Version20 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Services.AddRoutingCore();
        if (setup.IsProtected)
        {
            builder.Services.AddBackpressure(options => Configure(options, setup));
        }

        SimulatedService service = new(TimerFdTimeProvider.Shared, setup.Permits, setup.ServiceTime, setup.HonoursToken);
        WebApplication app = builder.Build();
        app.UseRouting();
        if (setup.IsProtected)
        {
            app.UseBackpressure();
        }

        app.MapGet("/work", service.ServeAsync);
        app.MapGet("/healthz", static context => context.Response.WriteAsync("healthy")).DisableBackpressure();
        await app.StartAsync();
        return new FloodedApp(app, service);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Service.Dispose();
    }

    private static void Configure(BackpressureOptions options, FloodSetup setup)
    {
        if (setup.IsAdaptive)
        {
            return;
        }

        options.Limit.Algorithm = LimitAlgorithm.Fixed;
        options.Limit.Maximum = setup.Permits;
        options.Queue.Capacity = setup.QueueCapacity;
        options.Queue.MaximumWait = setup.MaximumWait;
        options.Queue.Order = setup.Order;
        options.Timeout.Default = setup.Deadline;
        if (setup.Limiter is { } limiter)
        {
            options.Limit.LimiterFactory = _ => limiter(setup);
        }
    }
}
