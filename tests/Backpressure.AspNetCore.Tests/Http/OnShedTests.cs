using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class OnShedTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task It_is_told_once_for_each_refusal_who_refused_what_why_and_for_how_long()
    {
        List<(string Path, string Policy, ShedReason Reason, TimeSpan RetryAfter, TimeSpan Waited, int Status)> told = [];
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile, options => options.Shed.OnShed = shed =>
        {
            told.Add((shed.HttpContext.Request.Path, shed.Policy, shed.Reason, shed.RetryAfter, shed.TimeInQueue, shed.HttpContext.Response.StatusCode));
            return ValueTask.CompletedTask;
        }));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        using HttpResponseMessage full = await app.GetAsync("/");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage late = await waiting;

        Assert.Equal(
            [
                ("/", "default", ShedReason.QueueFull, full.RetryAfter(), TimeSpan.Zero, 503),
                ("/", "default", ShedReason.QueueTimeout, late.RetryAfter(), TimeSpan.FromSeconds(1), 503),
            ],
            told);
    }

    [Fact]
    public async Task It_is_not_called_for_what_is_served()
    {
        bool called = false;
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = options => options.Shed.OnShed = _ =>
            {
                called = true;
                return ValueTask.CompletedTask;
            },
        });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(called);
    }

    [Theory] // C8
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_it_throws_is_logged_and_the_refusal_goes_out_all_the_same(bool asynchronously)
    {
        await using App app = await FullAppAsync(async _ =>
        {
            if (asynchronously)
            {
                await Task.Yield();
            }

            throw new FormatException("a stranger's bug");
        });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
        Assert.IsType<FormatException>(Assert.Single(app.Logs, log => log.Level == LogLevel.Error).Exception);
    }

    [Fact] // C8
    public async Task What_it_throws_before_it_returns_a_task_is_caught_as_well()
    {
        await using App app = await FullAppAsync(_ => throw new FormatException("a stranger's bug"));

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task It_may_add_a_header()
    {
        await using App app = await FullAppAsync(shed =>
        {
            shed.HttpContext.Response.Headers["X-Own"] = "yes";
            return ValueTask.CompletedTask;
        });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("yes", answer.Header("X-Own"));
        Assert.Equal("queue-full", answer.Reason());
    }

    [Fact]
    public async Task It_may_send_a_body_of_its_own()
    {
        await using App app = await FullAppAsync(async shed => await shed.HttpContext.Response.WriteAsync("come back later"));

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("come back later", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_it_wrote_and_did_not_flush_is_the_answer()
    {
        await using App app = await FullAppAsync(
            shed =>
            {
                "later"u8.CopyTo(shed.HttpContext.Response.BodyWriter.GetSpan(5));
                shed.HttpContext.Response.BodyWriter.Advance(5);
                return ValueTask.CompletedTask;
            },
            HttpProtocols.Http1);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("later", await answer.Content.ReadAsStringAsync());
    }

    [Fact] // C11
    public async Task Half_an_answer_of_one_that_throws_does_not_look_whole()
    {
        await using App app = await FullAppAsync(
            shed =>
            {
                shed.HttpContext.Response.BodyWriter.GetSpan(5)[..5].Fill((byte)'x');
                shed.HttpContext.Response.BodyWriter.Advance(5); // not flushed
                throw new FormatException("a stranger's bug");
            },
            HttpProtocols.Http1);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.GetAsync("/"));
    }

    [Fact] // C20
    public async Task A_flood_of_its_failures_is_logged_once_in_ten_seconds_with_their_number()
    {
        await using App app = await FullAppAsync(_ => throw new FormatException("a stranger's bug"));
        for (int i = 0; i < 5; i++)
        {
            (await app.GetAsync("/")).Dispose();
        }

        app.Time.Advance(TimeSpan.FromSeconds(10));
        (await app.GetAsync("/")).Dispose();

        Assert.Equal(["0", "4"], app.Logs.Where(log => log.Level == LogLevel.Error).Select(log => log.GetStructuredStateValue("Unreported")));
    }

    [Fact] // B9
    public async Task A_caller_who_leaves_while_the_refusal_is_written_is_no_exception()
    {
        TaskCompletionSource shedding = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Exception?> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 0) + (options => options.Shed.OnShed = async shed =>
            {
                shedding.SetResult();
                TaskCompletionSource left = new();
                await using CancellationTokenRegistration registration = shed.HttpContext.RequestAborted.Register(left.SetResult);
                await left.Task;
                shed.HttpContext.RequestAborted.ThrowIfCancellationRequested();
            }),
            Outside = app => app.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                    if (context.Response.StatusCode == 503)
                    {
                        outcome.SetResult(null);
                    }
                }
                catch (Exception exception)
                {
                    outcome.SetResult(exception);
                    throw;
                }
            }),
            Endpoints = endpoints => endpoints.MapGet("/", () => _turnstile.PassAsync()),
        });
        _ = await app.EnterAsync(_turnstile);
        using CancellationTokenSource caller = new();

        Task<HttpResponseMessage> refused = app.Client.GetAsync("/", caller.Token);
        await RealTime.Within(shedding.Task);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refused);
        Assert.Null(await outcome.Task.WaitAsync(RealTime.Patience, TimeProvider.System));
        Assert.DoesNotContain(app.Logs, log => log.Level >= LogLevel.Error);
    }

    private Task<App> FullAppAsync(Func<ShedContext, ValueTask> onShed, HttpProtocols? sockets = null) =>
        FullApp.StartAsync(_turnstile, sockets, options => options.Shed.OnShed = onShed);
}
