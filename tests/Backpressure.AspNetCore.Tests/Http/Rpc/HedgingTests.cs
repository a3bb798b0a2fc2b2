using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>A gRPC client that hedges: every copy beyond the first says that it is not the first, and the limit holds for all of them.</summary>
public sealed class HedgingTests
{
    private readonly Turnstile _turnstile = new();
    private readonly Turnstile _desk = new();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_full_server_sees_no_more_copies_than_the_policy_has_and_executes_none(int delayMilliseconds)
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 0, static options =>
        {
            options.Shed.MinimumRetryAfter = options.Shed.MaximumRetryAfter = TimeSpan.FromMilliseconds(1);
            NoRetries(options);
        });

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() =>
            RealTime.Within(rpc.Client(Policies.Hedges(4, TimeSpan.FromMilliseconds(delayMilliseconds))).PlaceAsync("tea").ResponseAsync));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Try[] tries = rpc.Tries;
        Assert.InRange(tries.Length, 1, 4);
        Assert.All(tries, static arrived => Assert.Equal(arrived.Earlier is null ? "reason=queue-full" : "reason=retry-budget", arrived.Reason));
        Assert.Empty(desk.Executed);
    }

    [Fact]
    public async Task Copies_run_as_far_as_there_is_room_and_those_that_lost_give_their_permits_back()
    {
        OrderDesk desk = new()
        {
            Place = async (order, context) =>
            {
                await _desk.PassAsync(context.CancellationToken);
                return $"placed {order}";
            },
        };
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(2, 10) + NoRetries);
        AsyncUnaryCall<string> call = rpc.Client(Policies.Hedges(5, TimeSpan.Zero)).PlaceAsync("tea");
        await Eventually.HoldsAsync(() => rpc.App.Policy() is { Active: 2 } policy && policy.Queued + policy.Shed == 3);
        await _desk.ArrivalAsync();
        await _desk.ArrivalAsync();
        Assert.InRange(rpc.App.Policy().Queued, 0, 1); // the first may have come last: it alone may wait
        Assert.All(rpc.Tries, static arrived => Assert.True(arrived.Reason is null || arrived is { Earlier: not null, Reason: "reason=retry-budget" }));

        _desk.Open();

        Assert.Equal("placed tea", await RealTime.Within(call.ResponseAsync));
        await rpc.App.IsIdleAsync();
        Assert.Equal(2, _desk.Peak);
        Assert.InRange(_desk.Entered, 2, 3);
    }

    private static void NoRetries(BackpressureOptions options)
    {
        options.RetryBudget.Ratio = 0;
        options.RetryBudget.MinimumPerSecond = 0;
    }
}
