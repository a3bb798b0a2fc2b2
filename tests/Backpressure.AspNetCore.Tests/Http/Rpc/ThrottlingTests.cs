using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>What a gRPC client's own throttling makes of our refusals: they are failures, of which enough end its retries until calls succeed again (gRFC A6).</summary>
public sealed class ThrottlingTests
{
    private readonly Turnstile _morning = new();
    private readonly Turnstile _evening = new();

    [Fact]
    public async Task Refusals_end_its_retries_and_successes_bring_them_back()
    {
        OrderDesk desk = new()
        {
            Place = async (order, _) =>
            {
                await (order == "hold" ? _evening.PassAsync() : Task.CompletedTask);
                return $"placed {order}";
            },
        };
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _morning, queue: 0, static options =>
        {
            options.Shed.MinimumRetryAfter = options.Shed.MaximumRetryAfter = TimeSpan.FromMilliseconds(1);
            options.RetryBudget.MinimumPerSecond = 100_000; // no refusal forbids the retry
        }, onRealTime: true);
        OrdersClient client = rpc.Client(Policies.Retries(2, new RetryThrottlingPolicy { MaxTokens = 4, TokenRatio = 1 })); // it retries with more than two tokens

        Assert.Equal(2, await TriesOfRefusedAsync(rpc, client)); // four tokens less one; less two
        Assert.Equal(1, await TriesOfRefusedAsync(rpc, client)); // less three
        Assert.Equal(1, await TriesOfRefusedAsync(rpc, client));
        Assert.Empty(desk.Executed);

        _morning.Open();
        await rpc.App.IsIdleAsync();
        for (int i = 0; i < 10; i++) // four are enough, but the client may count one only after it has told of it
        {
            await RealTime.Within(client.PlaceAsync("tea").ResponseAsync);
            await rpc.App.IsIdleAsync();
        }

        Task<string> held = rpc.Client().PlaceAsync("hold").ResponseAsync;
        await _evening.ArrivalAsync();
        Assert.Equal(2, await TriesOfRefusedAsync(rpc, client));

        _evening.Open();
        await RealTime.Within(held);
        Assert.All(rpc.Tries, static arrived => Assert.True(arrived.Pushback is null || arrived.Pushback >= TimeSpan.Zero));
    }

    private static async Task<int> TriesOfRefusedAsync(RpcApp rpc, OrdersClient client)
    {
        int before = rpc.Tries.Length;
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("tea").ResponseAsync));
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        return rpc.Tries.Length - before;
    }
}
