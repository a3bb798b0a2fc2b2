using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.Http;
using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>A gRPC client with a retry policy against a full server: it comes back when it is told to, and not when it is told not to (gRFC A6).</summary>
public sealed class RetryTests
{
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(16); // the client's timers may be early by one tick of their clock

    private readonly Turnstile _turnstile = new();
    private int _attempt = -1;

    [Fact]
    public async Task A_refused_call_comes_back_not_before_it_was_told_to_and_is_executed_once()
    {
        OrderDesk desk = DeskThatNotesTheAttempt();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 0, options => AskToWait(options, milliseconds: 400));
        AsyncUnaryCall<string> call = rpc.Client(Policies.Retries(5)).PlaceAsync("tea");
        await rpc.AreAnsweredAsync(1);

        _turnstile.Open();
        Assert.Equal("placed tea", await RealTime.Within(call.ResponseAsync));

        Try[] tries = rpc.Tries;
        Assert.True(tries.Length > 1);
        Assert.All(tries.Zip(tries.Skip(1)), static pair =>
        {
            Assert.InRange(pair.First.Pushback!.Value.TotalMilliseconds, 400, 600);
            Assert.True(pair.Second.At - pair.First.At >= pair.First.Pushback - TimerResolution, $"told to wait {pair.First.Pushback}, came back after {pair.Second.At - pair.First.At}");
        });
        Assert.Equal(["tea"], desk.Executed);
        Assert.Equal([null, .. Enumerable.Range(1, tries.Length - 1).Select(static earlier => $"{earlier}")], tries.Select(static arrived => arrived.Earlier));
        Assert.Equal(tries.Length - 1, _attempt);
    }

    [Fact]
    public async Task The_second_try_is_refused_first_where_retries_are_not_covered_and_there_is_no_third()
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 1, static options =>
        {
            AskToWait(options, milliseconds: 1);
            options.RetryBudget.Ratio = 0;
            options.RetryBudget.MinimumPerSecond = 1;
        });
        _ = await rpc.App.QueueAsync(headers: (BackpressureHeaders.RetryAttempt, "1")); // has the one retry that the budget holds, and the one place

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(rpc.Client(Policies.Retries(5)).PlaceAsync("tea").ResponseAsync));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("-1", refusal.Trailers.GetValue("grpc-retry-pushback-ms"));
        Assert.Equal([(null, "reason=queue-full"), ("1", "reason=retry-budget")], rpc.Tries.Select(static arrived => (arrived.Earlier, arrived.Reason)));
        Assert.Empty(desk.Executed);
    }

    [Fact]
    public async Task A_retry_that_may_wait_is_paid_out_of_the_budget_of_the_server()
    {
        OrderDesk desk = DeskThatNotesTheAttempt();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 2, static options =>
        {
            AskToWait(options, milliseconds: 500);
            options.RetryBudget.Ratio = 1; // what the request that holds the permit has earned: one retry
            options.RetryBudget.MinimumPerSecond = 0;
        });
        using CancellationTokenSource leaving = new();
        CallOptions untilTheyLeave = new(cancellationToken: leaving.Token);
        _ = rpc.Client().PlaceAsync("juice", untilTheyLeave);
        _ = rpc.Client().PlaceAsync("juice", untilTheyLeave);
        await Eventually.HoldsAsync(() => rpc.App.Policy().Queued == 2);
        OrdersClient client = rpc.Client(Policies.Retries(5));
        Task<string>[] calls = [client.PlaceAsync("tea").ResponseAsync, client.PlaceAsync("tea").ResponseAsync];
        await Eventually.HoldsAsync(() => rpc.Tries.Count(static arrived => arrived is { Earlier: null, Reason: "reason=queue-full" }) == 2);
        await leaving.CancelAsync(); // from now on there is room to wait

        await Eventually.HoldsAsync(() => calls.Any(static call => call.IsFaulted) && rpc.App.Policy().Queued == 1);
        _turnstile.Open();

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(Task.WhenAll(calls)));
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal(["placed tea"], calls.Where(static call => call.IsCompletedSuccessfully).Select(static call => call.Result));
        Assert.Equal(["tea"], desk.Executed);
        Assert.InRange(_attempt, 1, 4);
        Assert.Single(rpc.Tries, static arrived => arrived.Reason == "reason=retry-budget");
    }

    [Fact]
    public async Task Without_a_ticket_there_is_no_second_try()
    {
        await using RpcApp rpc = await RpcApp.StartFullAsync(new OrderDesk(), _turnstile, queue: 0, static options =>
        {
            options.RetryBudget.Ratio = 0;
            options.RetryBudget.MinimumPerSecond = 0;
        });

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(rpc.Client(Policies.Retries(5)).PlaceAsync("tea").ResponseAsync));

        Assert.Equal(("-1", "false"), (refusal.Trailers.GetValue("grpc-retry-pushback-ms"), refusal.Trailers.GetValue("x-should-retry")));
        Assert.Equal("reason=queue-full", Assert.Single(rpc.Tries).Reason);
    }

    [Fact]
    public async Task A_full_server_brings_no_more_retries_upon_itself_than_it_hands_out_tickets()
    {
        const int Calls = 40;
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 0, static options =>
        {
            AskToWait(options, milliseconds: 1);
            options.RetryBudget.Ratio = 0.1;
            options.RetryBudget.MinimumPerSecond = 0;
        });
        OrdersClient client = rpc.Client(Policies.Retries(5));

        for (int i = 0; i < Calls; i++)
        {
            await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("tea").ResponseAsync));
        }

        Assert.Equal(Calls / 10, rpc.App.Policy().RetryTicketsGranted);
        Assert.Equal(Calls + (Calls / 10), rpc.Tries.Length);
        Assert.Empty(desk.Executed);
    }

    [Fact]
    public async Task A_call_without_a_policy_is_unavailable_at_once_and_was_not_executed()
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 0);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(rpc.Client().PlaceAsync("tea").ResponseAsync));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("The server is at its limit and its queue is full. The request was not executed.", refusal.Status.Detail);
        Assert.Equal("reason=queue-full", refusal.Trailers.GetValue("backpressure"));
        Assert.InRange(int.Parse(refusal.Trailers.GetValue("grpc-retry-pushback-ms")!, System.Globalization.CultureInfo.InvariantCulture), 1_000, 32_000);
        Assert.Empty(desk.Executed);
    }

    private static void AskToWait(BackpressureOptions options, int milliseconds)
    {
        options.Shed.MinimumRetryAfter = TimeSpan.FromMilliseconds(milliseconds);
        options.Shed.MaximumRetryAfter = TimeSpan.FromMilliseconds(milliseconds * 1.5);
    }

    private OrderDesk DeskThatNotesTheAttempt() => new()
    {
        Place = (order, context) =>
        {
            Volatile.Write(ref _attempt, context.GetHttpContext().Features.Get<IBackpressureFeature>()!.Attempt);
            return Task.FromResult($"placed {order}");
        },
    };
}
