using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Requests that go through the pipeline twice: error pages within the same request (C9).</summary>
public sealed class SecondPassTests
{
    private readonly Turnstile _turnstile = new();

    public static TheoryData<HttpProtocols?> Connections => [null, HttpProtocols.Http1, HttpProtocols.Http2];

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task An_exception_page_is_served_by_the_permit_of_the_request_that_failed(HttpProtocols? sockets)
    {
        await using App app = await App.StartAsync(Setup(sockets, static app => app.UseExceptionHandler("/error")));

        using HttpResponseMessage answer = await app.GetAsync("/boom");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("page of /boom", await answer.Content.ReadAsStringAsync());
        await app.IsIdleAsync();
        Assert.Equal((1L, 1L, 0L), Counts(app));
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public async Task A_status_page_is_served_by_the_permit_of_the_request_that_failed(HttpProtocols? sockets)
    {
        await using App app = await App.StartAsync(Setup(sockets, static app => app.UseStatusCodePagesWithReExecute("/status/{0}")));

        using HttpResponseMessage answer = await app.GetAsync("/missing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("page of 404", await answer.Content.ReadAsStringAsync());
        await app.IsIdleAsync();
        Assert.Equal((1L, 1L, 0L), Counts(app));
    }

    [Theory] // the client's leaving ends no work
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task The_permit_is_held_while_the_page_is_made_also_when_the_client_has_left(HttpProtocols sockets)
    {
        TaskCompletionSource left = new();
        await using App app = await App.StartAsync(Setup(sockets, app => app.UseExceptionHandler(page => page.Run(context =>
        {
            context.RequestAborted.Register(left.SetResult);
            return _turnstile.PassAsync();
        }))));
        using CancellationTokenSource leaving = new();
        Task<HttpResponseMessage> failing = app.Client.GetAsync(new Uri("/boom", UriKind.Relative), leaving.Token);
        await _turnstile.ArrivalAsync();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing);
        await RealTime.Within(left.Task);
        Assert.Equal(1, app.Policy().Active);
        using HttpResponseMessage other = await app.GetAsync("/fine");
        Assert.Equal("queue-full", other.Reason());

        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task The_permit_is_held_while_the_page_is_made()
    {
        await using App app = await App.StartAsync(Setup(null, app => app.UseExceptionHandler(page => page.Run(_ => _turnstile.PassAsync()))));
        Task<HttpResponseMessage> failing = await app.EnterAsync(_turnstile, "/boom");

        using HttpResponseMessage other = await app.GetAsync("/fine");
        Assert.Equal("queue-full", other.Reason());

        _turnstile.Open();
        using HttpResponseMessage answer = await failing;
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task A_page_for_a_refusal_is_no_second_arrival_and_does_not_hide_the_refusal()
    {
        AppSetup setup = Setup(null, static app => app.UseStatusCodePagesWithReExecute("/status/{0}"), options => options.Shed.Body = ShedBody.Empty);
        await using App app = await App.StartAsync(setup);
        _ = await app.EnterAsync(_turnstile, "/held");

        using HttpResponseMessage answer = await app.GetAsync("/fine");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("page of 503", await answer.Content.ReadAsStringAsync());
        Assert.Equal((2L, 1L, 1L), Counts(app));
    }

    [Theory] // rule 4.1: what was executed is not refused as if it were not
    [MemberData(nameof(Connections))]
    public async Task A_page_for_an_endpoint_that_nobody_governs_is_served_by_a_server_that_is_full(HttpProtocols? sockets)
    {
        await using App app = await App.StartAsync(Setup(sockets, static app => app.UseExceptionHandler("/error").UseStatusCodePagesWithReExecute("/status/{0}")));
        _ = await app.EnterAsync(_turnstile, "/held");

        foreach (string kind in new[] { "exempt", "off" })
        {
            using HttpResponseMessage failed = await app.GetAsync($"/{kind}/boom");
            using HttpResponseMessage missing = await app.GetAsync($"/{kind}/missing");

            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
            Assert.Equal($"page of /{kind}/boom", await failed.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            Assert.Equal("page of 404", await missing.Content.ReadAsStringAsync());
        }

        using HttpResponseMessage other = await app.GetAsync("/fine"); // on the connection that served the pages
        Assert.Equal("queue-full", other.Reason());
        Assert.Equal((2L, 1L, 1L), Counts(app));
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task A_caller_who_left_the_queue_is_counted_once_though_a_status_page_is_made_for_nobody()
    {
        AppSetup setup = Setup(null, static app => app.UseStatusCodePagesWithReExecute("/status/{0}"), options => options.Queue.Capacity = 1);
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = setup.Options,
            Endpoints = setup.Endpoints,
            Outside = outside =>
            {
                outside.Use(async (context, next) =>
                {
                    await next(context);
                    done.TrySetResult();
                });
                setup.Outside(outside);
            },
        });
        _ = await app.EnterAsync(_turnstile, "/held");
        using CancellationTokenSource caller = new();
        Task<HttpResponseMessage> waiting = app.Client.GetAsync("/fine", caller.Token);
        await Eventually.HoldsAsync(() => app.Policy().Queued == 1);

        await caller.CancelAsync();
        await RealTime.Within(done.Task);

        Assert.Equal((2L, 1L, 0L), Counts(app));
        Assert.Equal(1, app.Policy().Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_refusal_with_a_body_is_not_replaced_by_a_status_page()
    {
        await using App app = await App.StartAsync(Setup(null, static app => app.UseStatusCodePagesWithReExecute("/status/{0}")));
        _ = await app.EnterAsync(_turnstile, "/held");

        using HttpResponseMessage get = await app.GetAsync("/fine");
        using HttpResponseMessage head = await app.SendAsync(HttpMethod.Head, "/fine");

        Assert.Equal("queue-full", (await get.ProblemAsync()).GetProperty("reason").GetString());
        Assert.Equal("application/problem+json", head.Content.Headers.ContentType?.MediaType);
        Assert.Equal((3L, 1L, 2L), Counts(app));
    }

    [Fact]
    public async Task The_middleware_in_the_pipeline_twice_governs_once()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 0),
            Pipeline = static app => app.UseBackpressure().UseBackpressure(),
        });

        Assert.Equal("served", await app.Client.GetStringAsync("/"));
        await app.IsIdleAsync();
        Assert.Equal((1L, 1L, 0L), Counts(app));
    }

    [Fact]
    public async Task A_bodyless_error_without_any_page_gives_its_permit_back()
    {
        await using App app = await App.StartAsync(Setup(null, static _ => { }));
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/missing");

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            await app.IsIdleAsync();
        }
    }

    private static (long Arrivals, long Admitted, long Shed) Counts(App app) => (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed);

    private AppSetup Setup(HttpProtocols? sockets, Action<IApplicationBuilder> outside, Action<BackpressureOptions>? more = null) => new()
    {
        Sockets = sockets,
        Options = AppSetup.Limited(1, 0) + (options => options.Policies["off"] = new() { Mode = BackpressureMode.Off }) + more,
        Outside = outside,
        Endpoints = endpoints =>
        {
            endpoints.MapMethods("/fine", ["GET", "HEAD"], static () => "served");
            endpoints.MapGet("/held", () => _turnstile.PassAsync());
            endpoints.MapGet("/missing", static () => Results.NotFound());
            endpoints.MapGet("/boom", static string () => throw new FormatException("boom"));
            endpoints.MapGet("/exempt/missing", static () => Results.NotFound()).DisableBackpressure();
            endpoints.MapGet("/exempt/boom", static string () => throw new FormatException("boom")).DisableBackpressure();
            endpoints.MapGet("/off/missing", static () => Results.NotFound()).RequireBackpressure("off");
            endpoints.MapGet("/off/boom", static string () => throw new FormatException("boom")).RequireBackpressure("off");
            endpoints.Map("/error", static (HttpContext context) => $"page of {context.Features.Get<IExceptionHandlerPathFeature>()?.Path}");
            endpoints.Map("/status/{status}", static (int status) => $"page of {status}");
        },
    };
}
