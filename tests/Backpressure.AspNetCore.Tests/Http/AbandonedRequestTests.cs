using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A middleware outside of ours does not wait for us and completes the response: whatever we do then must not touch another request, and loses no permit (B12, C12).</summary>
public sealed class AbandonedRequestTests
{
    private readonly Turnstile _first = new();
    private readonly Turnstile _next = new();
    private readonly TaskCompletionSource _abandon = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _pending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ourEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IBackpressureFeature> _features = [];

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_refusal_that_is_still_under_way_does_not_answer_the_next_request(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol, queue: 0);

        await AssertNextIsServedAsync(app, _pending);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task A_problem_writer_that_is_still_under_way_does_not_answer_the_next_request(HttpProtocols protocol, bool throws)
    {
        PendingService writer = new(throws);
        await using App app = await AppAsync(protocol, queue: 0, services: services => services.AddSingleton<IProblemDetailsService>(writer));
        _pending.SetResult();

        await AssertNextIsServedAsync(app, writer.Pending);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_handler_keeps_its_permit_to_its_end_and_gives_it_back_although_it_fails(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol, queue: 0, limit: 2);
        _abandon.SetResult();
        using HttpResponseMessage abandoned = await app.GetAsync("/abandoned");
        Task<HttpResponseMessage> next = await app.EnterAsync(_next, "/next");
        Assert.Equal(2, app.Monitor.GetSnapshot().Active);

        _first.Open();
        await Assert.ThrowsAsync<FormatException>(() => RealTime.Within(_ourEnd.Task));

        Assert.Equal(1, app.Monitor.GetSnapshot().Active);
        await AssertServedAsync(next);
        await app.IsIdleAsync();
        Assert.Equal(2, _features.Distinct().Count());
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Who_is_granted_a_permit_when_its_response_is_complete_gives_it_back_and_does_not_run(HttpProtocols protocol)
    {
        await using App app = await AppAsync(protocol, queue: 1);
        Task<HttpResponseMessage> holder = await app.EnterAsync(_first, "/first");
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/abandoned");
        _abandon.SetResult();
        using HttpResponseMessage abandoned = await waiting;

        _first.Open();
        await CompleteAsync(holder, app);
        await RealTime.Within(_ourEnd.Task);

        Assert.Equal(1, _first.Entered);
        Task<HttpResponseMessage> next = await app.EnterAsync(_next, "/next");
        await AssertServedAsync(next);
        Assert.Equal((3L, 3L), (app.Policy().Arrivals, app.Policy().Admitted));
    }

    /// <summary>The connection or stream of a refusal that nobody waits for serves the next request, and in the middle of that the refusal goes on.</summary>
    private async Task AssertNextIsServedAsync(App app, TaskCompletionSource pending)
    {
        _abandon.SetResult();
        using HttpResponseMessage abandoned = await app.GetAsync("/abandoned", ("Request-Timeout-Ms", "0"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, abandoned.StatusCode);
        Task<HttpResponseMessage> next = await app.EnterAsync(_next, "/next");

        pending.SetResult();
        await RealTime.Within(_ourEnd.Task);

        await AssertServedAsync(next);
        Assert.Equal(2, _features.Distinct().Count());
    }

    private static async Task CompleteAsync(Task<HttpResponseMessage> request, App app)
    {
        using HttpResponseMessage answer = await request;
        await app.IsIdleAsync();
    }

    private async Task AssertServedAsync(Task<HttpResponseMessage> next)
    {
        _next.Open();
        using HttpResponseMessage answer = await next;
        Assert.Equal((HttpStatusCode.OK, "served"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    private Task<App> AppAsync(HttpProtocols protocol, int queue, int limit = 1, Action<IServiceCollection>? services = null) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Services = services ?? (static _ => { }),
        Options = AppSetup.Limited(limit, queue) + (options => options.Shed.OnShed = async shed =>
        {
            Note(shed.HttpContext);
            await _pending.Task;
        }),
        Outside = app => app.Use(AbandonAsync),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/first", () => _first.PassAsync());
            endpoints.MapGet("/abandoned", async (HttpContext context) =>
            {
                Note(context);
                await _first.PassAsync();
                throw new FormatException("a handler's bug");
            });
            endpoints.MapGet("/next", async (HttpContext context) =>
            {
                Note(context);
                await _next.PassAsync();
                return context.RequestAborted.IsCancellationRequested ? "aborted" : "served";
            });
        },
    });

    private void Note(HttpContext context) => _features.Add(context.Features.Get<IBackpressureFeature>()!);

    private async Task AbandonAsync(HttpContext context, RequestDelegate next)
    {
        Task run = next(context);
        if (context.Request.Path == "/abandoned")
        {
            _ = PassOnAsync(run);
            await Task.WhenAny(run, _abandon.Task);
        }
        else
        {
            await run;
        }
    }

    private async Task PassOnAsync(Task run)
    {
        try
        {
            await run;
            _ourEnd.SetResult();
        }
        catch (Exception exception)
        {
            _ourEnd.SetException(exception);
        }
    }

    /// <summary>Takes its time, and then declines or fails.</summary>
    private sealed class PendingService(bool throws) : IProblemDetailsService
    {
        public TaskCompletionSource Pending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            await Pending.Task;
            return throws ? throw new FormatException("a stranger's bug") : false;
        }
    }
}
