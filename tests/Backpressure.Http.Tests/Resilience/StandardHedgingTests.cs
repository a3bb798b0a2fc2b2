using System.Net;
using Backpressure.Http.Tests.Fakes;
using static Backpressure.Http.Tests.Resilience.ResilientClient;

namespace Backpressure.Http.Tests.Resilience;

/// <summary>Beside the real <c>AddStandardHedgingHandler</c>, which sends copies, ours counts and pays.</summary>
public class StandardHedgingTests
{
    public static TheoryData<HandlerOrder> Orders => [HandlerOrder.OursFirst, HandlerOrder.TheirsFirst];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Copies_that_follow_failures_are_counted_although_each_is_another_message(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, number) => LoopbackServer.Response(number < 3 ? 503 : 200));
        await using ResilientClient client = WithHedging(order);

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([null, "1", "2"], server.Received.Select(sent => sent.Attempt));
        Assert.Equal(2, client.Decided("sent"));
        Assert.Equal(1, client.Ended("success"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_copy_sent_while_the_first_still_runs_is_counted_and_wins(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, number) => number == 1 ? LoopbackServer.Silence : LoopbackServer.Response(200));
        await using ResilientClient client = WithHedging(order, more: options => options.Hedging.Delay = TimeSpan.FromMilliseconds(20));

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string[] attempts = [.. server.Received.Select(sent => sent.Attempt ?? "first")];
        Assert.InRange(attempts.Length, 2, 4);
        Assert.Equal(attempts, attempts.Distinct());
        Assert.Subset(new HashSet<string>(["first", "1", "2", "3"]), attempts.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Without_budget_no_copy_goes_out(HandlerOrder order)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503));
        await using ResilientClient client = WithHedging(order, options => options.RetryRatio = options.MinimumRetriesPerSecond = 0);

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(server.Received);
        Assert.Equal(3, client.Decided("over_budget"));
    }

    [Theory] // R9
    [MemberData(nameof(Orders))]
    public async Task A_server_that_always_fails_sees_a_tenth_more(HandlerOrder order)
    {
        const int Calls = 200;
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(500));
        await using ResilientClient client = WithHedging(order, options => options.MinimumRetriesPerSecond = 0);
        for (int i = 0; i < Calls; i++)
        {
            using HttpResponseMessage response = await client.Http.GetAsync(server.Address);
        }

        Assert.InRange((double)server.Received.Length / Calls, 1.05, 1.11);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_server_that_says_stop_speaks_for_itself_and_not_for_the_next_endpoint(HandlerOrder order)
    {
        await using var one = new LoopbackServer((_, _) => LoopbackServer.Response(503, "", "Backpressure: reason=queue-full", "X-Should-Retry: false"));
        await using var other = new LoopbackServer((_, _) => LoopbackServer.Response(200));
        await using ResilientClient client = WithHedging(order, endpoints: [one.Address, one.Address, other.Address]);

        using HttpResponseMessage response = await client.Http.GetAsync("http://orders.test/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(one.Received);
        Assert.Equal("1", Assert.Single(other.Received).Attempt);
        Assert.Equal(1, client.Decided("refused_by_server"));
    }
}
