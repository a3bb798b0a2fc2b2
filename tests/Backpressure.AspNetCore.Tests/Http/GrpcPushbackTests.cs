using System.Globalization;
using Backpressure.AspNetCore.Tests.Hosting;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What a refused gRPC call says of trying again, for each reason: <c>grpc-retry-pushback-ms</c>, a wait or -1 for never.</summary>
public sealed class GrpcPushbackTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_full_queue_says_when_to_come_back()
    {
        await using App app = await FullApp.StartAsync(_turnstile);

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        AssertComeBack(answer, "queue-full");
    }

    [Fact]
    public async Task A_wait_that_was_too_long_says_when_to_come_back()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.Queue.Capacity = 1);
        Task<HttpResponseMessage> waiting = await GrpcCall.QueueAsync(app);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage answer = await waiting;

        AssertComeBack(answer, "queue-timeout");
    }

    [Fact]
    public async Task A_place_that_went_to_somebody_more_critical_says_when_to_come_back()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.Queue.Capacity = 1);
        Task<HttpResponseMessage> waiting = await GrpcCall.QueueAsync(app, ("Request-Criticality", "sheddable"));

        Task<HttpResponseMessage> normal = app.GetAsync("/");
        Assert.Same(waiting, await Task.WhenAny(waiting, normal));
        using HttpResponseMessage answer = await waiting;

        AssertComeBack(answer, "displaced");
    }

    [Fact]
    public async Task A_spent_retry_budget_says_never()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options =>
        {
            options.Queue.Capacity = 10;
            options.RetryBudget.Ratio = 0;
            options.RetryBudget.MinimumPerSecond = 0;
        });

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app, headers: ("Retry-Attempt", "1"));

        AssertNever(answer, "retry-budget");
    }

    [Fact]
    public async Task A_deadline_that_cannot_be_met_says_never()
    {
        await using App app = await FullApp.StartAsync(_turnstile);

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app, headers: ("Request-Timeout-Ms", "0"));

        AssertNever(answer, "deadline-infeasible");
    }

    [Theory]
    [InlineData("queue-full", 0, 1)]
    [InlineData("queue-timeout", 1, 1)]
    public async Task Without_a_ticket_any_reason_says_never(string reason, int capacity, int seconds)
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, options =>
        {
            options.Queue.Capacity = capacity;
            options.RetryBudget.MinimumPerSecond = 0;
        });

        Task<HttpResponseMessage> call = capacity == 0 ? GrpcCall.SendAsync(app) : await GrpcCall.QueueAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(seconds));
        using HttpResponseMessage answer = await call;

        AssertNever(answer, reason);
        Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32)); // for those who do not know pushback
    }

    [Fact] // C22
    public async Task The_refused_are_not_told_to_come_back_together()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.RetryBudget.MinimumPerSecond = 100);
        HashSet<string> waits = [];
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage answer = await GrpcCall.SendAsync(app);
            waits.Add(answer.Header("grpc-retry-pushback-ms"));
        }

        Assert.True(waits.Count > 20, $"40 refusals asked for {waits.Count} different waits");
    }

    private static void AssertComeBack(HttpResponseMessage answer, string reason)
    {
        Assert.Equal($"reason={reason}", answer.Header("Backpressure"));
        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.InRange(int.Parse(answer.Header("grpc-retry-pushback-ms"), NumberStyles.None, CultureInfo.InvariantCulture), 1, 32_000);
        Assert.Equal("true", answer.Header("X-Should-Retry"));
    }

    private static void AssertNever(HttpResponseMessage answer, string reason)
    {
        Assert.Equal($"reason={reason}", answer.Header("Backpressure"));
        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Equal("-1", answer.Header("grpc-retry-pushback-ms"));
        Assert.Equal("false", answer.Header("X-Should-Retry"));
    }
}
