using System.Net;
using Backpressure.Http.Tests.Fakes;
using static Backpressure.Http.Tests.Resilience.ResilientClient;

namespace Backpressure.Http.Tests.Resilience;

/// <summary>Beside the real <c>AddStandardResilienceHandler</c>, which retries, ours counts and pays.</summary>
public class StandardResilienceTests
{
    public static TheoryData<HandlerOrder> Orders => [HandlerOrder.OursFirst, HandlerOrder.TheirsFirst];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Theirs_retries_ours_counts_and_retries_nothing_on_top(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503));
        await using ResilientClient client = WithRetries(order);

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal([null, "1", "2", "3"], server.Received.Select(sent => sent.Attempt));
        Assert.All(server.Received, sent => Assert.NotNull(sent.TimeoutMs));
        Assert.Equal(3, client.Decided("sent"));
        Assert.Equal(1, client.Ended("failure"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task What_theirs_does_not_send_again_ours_does_not_either(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503));
        await using ResilientClient client = WithRetries(order, more: options => options.Retry.ShouldHandle = _ => ValueTask.FromResult(false));

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Single(server.Received);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Without_budget_nothing_is_sent_twice_and_the_answer_says_why(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503));
        await using ResilientClient client = WithRetries(order, Broke);

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Single(server.Received);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("reason=client-budget", Assert.Single(response.Headers.GetValues("Backpressure")));
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("X-Should-Retry")));
        Assert.Equal(3, client.Decided("over_budget"));
        Assert.Equal(1, client.Ended("refused"));
    }

    [Theory] // R9
    [InlineData(HandlerOrder.OursFirst, 1.05, 1.11)]
    [InlineData(HandlerOrder.TheirsFirst, 1.05, 1.11)]
    [InlineData(HandlerOrder.TheirsAlone, 3.5, 4)]
    public async Task A_server_that_always_fails_sees_a_tenth_more_and_without_us_four_times_as_much(HandlerOrder order, double low, double high)
    {
        const int Calls = 200;
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(500));
        await using ResilientClient client = WithRetries(order, options => options.MinimumRetriesPerSecond = 0);
        for (int i = 0; i < Calls; i++)
        {
            using HttpResponseMessage response = await client.Http.GetAsync(server.Address);
        }

        Assert.InRange((double)server.Received.Length / Calls, low, high);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_server_that_says_stop_is_asked_no_more(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503, "", "Backpressure: reason=retry-budget", "X-Should-Retry: false"));
        await using ResilientClient client = WithRetries(order);

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Single(server.Received);
        Assert.Equal(3, client.Decided("refused_by_server"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_stream_that_cannot_go_back_is_sent_once_and_one_that_can_is_theirs_to_judge(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503));
        await using ResilientClient client = WithRetries(order);
        using var once = new StreamContent(new OneWayStream("an order")) { Headers = { ContentLength = 8 } };
        using var again = new StreamContent(new MemoryStream("an order"u8.ToArray()));

        using HttpResponseMessage first = await client.Http.PutAsync(server.Address, once);
        Assert.Equal(["an order"], server.Received.Select(sent => sent.Body));
        Assert.Equal(3, client.Decided("not_replayable"));

        using HttpResponseMessage second = await client.Http.PutAsync(server.Address, again);
        Assert.Equal(5, server.Received.Length);
        Assert.All(server.Received, sent => Assert.Equal("an order", sent.Body));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_failing_server_throttles_theirs_too(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503, "", "Backpressure: reason=queue-full"));
        await using ResilientClient client = WithRetries(order);
        for (int i = 0; i < 100; i++)
        {
            using HttpResponseMessage response = await client.Http.GetAsync(server.Address);
        }

        Assert.InRange(server.Received.Length, 10, 200); // 400 without the throttle, about 49 with it
        Assert.True(client.Decided("throttled") > 0);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cancelled_by_the_caller_nothing_is_sent_again(HandlerOrder order)
    {
        using var caller = new CancellationTokenSource();
        await using var server = new LoopbackServer((_, _) =>
        {
            caller.Cancel();
            return LoopbackServer.Response(503);
        });
        await using ResilientClient client = WithRetries(order);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Http.GetAsync(server.Address, caller.Token));

        Assert.Equal(caller.Token, thrown.CancellationToken);
        Assert.Single(server.Received);
        Assert.Equal(1, client.Ended("canceled"));
    }

    private static void Broke(BackpressureHandlerOptions options)
    {
        options.RetryRatio = 0;
        options.MinimumRetriesPerSecond = 0;
    }
}
