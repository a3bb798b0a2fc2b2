using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Backpressure.AspNetCore;
using Backpressure.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DemoApi.Tests.Clients;

/// <summary>Kestrel on loopback ports, for HTTP/1.1 and for HTTP/2 without TLS, that notes every request in front of all that might refuse it. It has our middleware, or knows nothing of it.</summary>
internal sealed class VisitedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Visit> _visits;

    private VisitedServer(WebApplication app, ConcurrentQueue<Visit> visits)
    {
        _app = app;
        _visits = visits;
        Uri[] addresses = [.. app.Urls.Select(url => new Uri(url))];
        Address = addresses[0];
        Http2Address = addresses[1];
    }

    public Uri Address { get; }

    public Uri Http2Address { get; }

    /// <summary>In the order in which they came.</summary>
    public Visit[] Visits => [.. _visits];

    public IBackpressureMonitor Monitor => _app.Services.GetRequiredService<IBackpressureMonitor>();

    /// <summary>A server that knows nothing of the protocol.</summary>
    /// <param name="answer">Is told which request this is, from 1.</param>
    public static Task<VisitedServer> PlainAsync(Func<HttpContext, int, Task> answer)
    {
        int next = 0;
        return StartAsync(static _ => { }, app => app.Run(context => answer(context, Interlocked.Increment(ref next))));
    }

    /// <summary>A server with our middleware.</summary>
    public static Task<VisitedServer> GovernedAsync(Action<BackpressureOptions> configure, RequestDelegate handler) => StartAsync(
        services => services.AddBackpressure(configure),
        app =>
        {
            app.UseBackpressure();
            app.Run(handler);
        });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<VisitedServer> StartAsync(Action<IServiceCollection> services, Action<WebApplication> pipeline)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port: 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, port: 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        services(builder.Services);
        WebApplication app = builder.Build();
        ConcurrentQueue<Visit> visits = [];
        app.Use((context, next) => NoteAsync(context, next, visits));
        pipeline(app);
        await app.StartAsync();
        return new VisitedServer(app, visits);
    }

    private static async Task NoteAsync(HttpContext context, RequestDelegate next, ConcurrentQueue<Visit> visits)
    {
        HttpRequest request = context.Request;
        Visit visit = new()
        {
            Method = request.Method,
            Attempt = Stated(request, BackpressureHeaders.RetryAttempt),
            TimeoutMs = Stated(request, BackpressureHeaders.RequestTimeoutMs),
            Body = await new StreamReader(request.Body).ReadToEndAsync(context.RequestAborted),
            Connection = context.Connection.Id,
            CameAt = Elapsed(),
        };
        visits.Enqueue(visit);
        await next(context);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            visit.AnsweredAt = Elapsed();
            visit.Status = context.Response.StatusCode;
            visit.RetryAfter = int.TryParse(context.Response.Headers.RetryAfter, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null;
        }
    }

    private static string? Stated(HttpRequest request, string header) => request.Headers.TryGetValue(header, out var lines) ? Assert.Single(lines) : null;

    private static TimeSpan Elapsed() => TimerFdTimeProvider.Shared.GetElapsedTime(0);
}
