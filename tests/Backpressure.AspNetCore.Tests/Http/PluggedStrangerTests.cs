using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Limiters of strangers: those that say when to come back, and those that throw.</summary>
public sealed class PluggedStrangerTests
{
    [Theory]
    [InlineData(10, 10, 20)]
    [InlineData(0.2, 1, 4)]
    [InlineData(600, 600, 750)] // beyond what the options say of our own waits
    [InlineData(922_337_203_685, 86_400, 108_000)] // for ever
    public async Task The_wait_that_a_refused_lease_asks_for_is_the_least_that_is_told(double asked, double least, double most)
    {
        await using App app = await AppAsync(new StrangersLimiter { OnAttempt = Refused, OnAcquire = () => new(new StrangersLease(false, TimeSpan.FromSeconds(asked))) });
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/");

            Assert.Equal("queue-full", answer.Reason());
            Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
        }
    }

    [Fact]
    public async Task Every_lease_is_disposed_once_granted_or_refused()
    {
        StrangersLease granted = new(true);
        StrangersLease attempted = new(false);
        StrangersLease refused = new(false);
        Queue<StrangersLease> attempts = new([granted, attempted]);
        await using App app = await AppAsync(new StrangersLimiter { OnAttempt = attempts.Dequeue, OnAcquire = () => new(refused) });

        using HttpResponseMessage first = await app.GetAsync("/");
        using HttpResponseMessage second = await app.GetAsync("/");

        await app.IsIdleAsync();
        Assert.Equal("queue-full", second.Reason());
        Assert.Equal((1, 1, 1), (granted.Disposals, attempted.Disposals, refused.Disposals));
    }

    [Theory] // C8
    [InlineData("attempt")]
    [InlineData("acquire")]
    [InlineData("wait")]
    [InlineData("cancel")]
    public async Task A_limiter_that_throws_fails_the_request_and_leaves_nothing_behind(string where)
    {
        await using App app = await AppAsync(new StrangersLimiter
        {
            OnAttempt = () => where == "attempt" ? throw new FormatException("a stranger's bug") : Refused(),
            OnAcquire = () => where switch
            {
                "acquire" => throw new FormatException("a stranger's bug"),
                "wait" => new(YieldAndThrowAsync(new FormatException("a stranger's bug"))),
                _ => new(YieldAndThrowAsync(new OperationCanceledException("by nobody"))),
            },
        });
        using Readings<long> requests = new(app.Services, "backpressure.requests");

        await Assert.ThrowsAnyAsync<Exception>(() => app.GetAsync("/"));

        Assert.Equal((1L, 1L, 0, 0), (app.Policy().Arrivals, app.Policy().Shed, app.Policy().Active, app.Policy().Queued));
        Assert.Equal((1L, 1L), (requests.Sum("rejected_queue_full"), requests.Sum()));
    }

    [Fact]
    public async Task A_lease_that_is_granted_after_the_wait_was_over_is_given_back_and_the_request_refused()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<RateLimitLease> granting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        StrangersLease lease = new(true);
        await using App app = await AppAsync(new StrangersLimiter
        {
            OnAttempt = Refused,
            OnAcquire = () =>
            {
                asked.SetResult();
                return new(granting.Task); // it does not honour its token
            },
        });
        Task<HttpResponseMessage> waiting = app.GetAsync("/");
        await RealTime.Within(asked.Task);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        granting.SetResult(lease);
        using HttpResponseMessage answer = await waiting;

        Assert.Equal("queue-timeout", answer.Reason());
        Assert.Equal(1, lease.Disposals);
        Assert.Equal((0, 0, 0L), (app.Policy().Active, app.Policy().Queued, app.Policy().Admitted));
    }

    [Fact]
    public async Task A_retry_that_its_limiter_failed_gets_its_budget_back()
    {
        bool fails = true;
        await using App app = await AppAsync(
            new StrangersLimiter { OnAttempt = Refused, OnAcquire = () => fails ? throw new FormatException("a stranger's bug") : new(new StrangersLease(true)) },
            options =>
            {
                options.RetryBudget.Ratio = 0;
                options.RetryBudget.MinimumPerSecond = 0.001; // one retry, and none for a long time
            });

        await Assert.ThrowsAsync<FormatException>(() => app.GetAsync("/", ("Retry-Attempt", "1")));
        fails = false;
        using HttpResponseMessage paid = await app.GetAsync("/", ("Retry-Attempt", "1"));
        using HttpResponseMessage unpaid = await app.GetAsync("/", ("Retry-Attempt", "1"));

        Assert.Equal("served", await paid.Content.ReadAsStringAsync());
        Assert.Equal("retry-budget", unpaid.Reason());
    }

    private static StrangersLease Refused() => new(false);

    private static async Task<RateLimitLease> YieldAndThrowAsync(Exception exception)
    {
        await Task.Yield();
        throw exception;
    }

    private static Task<App> AppAsync(RateLimiter limiter, Action<BackpressureOptions>? more = null) =>
        App.StartAsync(new AppSetup { Options = more + (options => options.Limit.LimiterFactory = _ => limiter) });
}
