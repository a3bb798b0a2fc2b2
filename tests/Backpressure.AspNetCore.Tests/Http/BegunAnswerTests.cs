using System.Buffers;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Deadlines that pass after a part of the answer was written: what is cut short must not look whole (C11).</summary>
public sealed class BegunAnswerTests
{
    private readonly Turnstile _turnstile = new();

    [Fact] // C11
    public async Task Bytes_that_wait_in_the_servers_buffer_are_not_followed_by_another_answer()
    {
        await using App app = await AppAsync(context =>
        {
            context.Response.BodyWriter.Write("half"u8);
            return _turnstile.PassAsync(context.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<Exception>(() => TimedOutAsync(app));

        await app.IsIdleAsync();
    }

    [Fact]
    public async Task An_answer_that_was_begun_is_cut_short_visibly_where_the_endpoint_set_the_timeout()
    {
        await using App app = await ExplicitAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            await _turnstile.PassAsync(context.RequestAborted);
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => TimedOutAsync(app));

        await app.IsIdleAsync();
    }

    [Fact] // C11: as the framework's own JSON writer does with a sequence
    public async Task An_answer_that_was_begun_is_cut_also_when_its_writer_swallows_the_cancellation()
    {
        await using App app = await ExplicitAsync(async context =>
        {
            await context.Response.WriteAsync("[1,2");
            try
            {
                await _turnstile.PassAsync(context.RequestAborted);
                await context.Response.WriteAsync(",3]");
            }
            catch (OperationCanceledException)
            {
                // and returns as if all were well
            }
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => TimedOutAsync(app));

        await app.IsIdleAsync();
    }

    [Fact] // C3, C11: a long download is not cut by a default
    public async Task A_default_timeout_does_not_strike_an_answer_that_goes_on()
    {
        App? self = null;
        await using App app = await AppAsync(async context =>
        {
            self!.Time.Advance(TimeSpan.FromSeconds(26)); // the deadline comes less than a grace after what is sent now
            await context.Response.WriteAsync("half");
            await _turnstile.PassAsync(context.RequestAborted);
            await context.Response.WriteAsync(" and half");
        });
        self = app;
        using Readings<long> deadlines = new(app.Services, "backpressure.deadlines");

        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        app.Time.Advance(TimeSpan.FromSeconds(4.5));
        _turnstile.Open();
        using HttpResponseMessage answer = await running;

        Assert.Equal("half and half", await answer.Content.ReadAsStringAsync());
        await app.IsIdleAsync();
        Assert.Equal(0, deadlines.All.Sum(reading => reading.Value)); // neither met nor missed
    }

    [Fact]
    public async Task An_answer_that_somebody_outside_has_begun_is_served_as_without_the_middleware()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Outside = static outside => outside.Use(async (context, next) =>
            {
                await context.Response.WriteAsync("outside and ");
                await context.Response.Body.FlushAsync();
                await next(context);
            }),
            Endpoints = static endpoints => endpoints.MapGet("/", static context => context.Response.WriteAsync("inside")),
        });

        Assert.Equal("outside and inside", await app.Client.GetStringAsync("/"));
        Assert.Equal((1L, 0), (app.Policy().Admitted, app.Policy().Active));
    }

    [Fact]
    public async Task A_refusal_that_somebody_outside_has_answered_over_is_told_by_a_broken_answer()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Outside = static outside => outside.Use(async (context, next) =>
            {
                await context.Response.WriteAsync("outside and ");
                await context.Response.Body.FlushAsync();
                await next(context);
            }),
        });

        await Assert.ThrowsAnyAsync<Exception>(() => app.GetAsync("/", ("Request-Timeout-Ms", "0")));

        Assert.Equal((0L, 1L), (app.Policy().Admitted, app.Policy().Shed));
    }

    private static Task<App> AppAsync(RequestDelegate handler) => App.StartAsync(new AppSetup { Endpoints = endpoints => endpoints.MapGet("/", handler) });

    private static Task<App> ExplicitAsync(RequestDelegate handler) =>
        App.StartAsync(new AppSetup { Endpoints = endpoints => endpoints.MapGet("/", handler).WithRequestTimeout(TimeSpan.FromSeconds(30)) });

    private async Task<HttpResponseMessage> TimedOutAsync(App app)
    {
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        app.Time.Advance(TimeSpan.FromSeconds(31));
        _turnstile.Open();
        return await running;
    }
}
