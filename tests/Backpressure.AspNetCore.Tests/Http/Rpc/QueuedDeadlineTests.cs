using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>A gRPC call whose time ends while it waits: it was not executed, whatever its client makes of that.</summary>
public sealed class QueuedDeadlineTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_call_whose_time_ends_in_the_queue_is_deadline_exceeded_for_its_client_and_not_executed()
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(1, 10) + (static options => options.Queue.MaximumWait = TimeSpan.FromMinutes(1)), onRealTime: true);
        OrdersClient client = rpc.Client(Policies.Retries(5));
        await RealTime.Within(client.PlaceAsync("juice").ResponseAsync); // connects
        await rpc.App.IsIdleAsync();
        _ = await rpc.App.EnterAsync(_turnstile);

        RpcException late = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("tea", new CallOptions(deadline: RpcApp.In(milliseconds: 1_500))).ResponseAsync));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await Eventually.HoldsAsync(() => rpc.App.Policy() is { Queued: 0, Active: 1 });
        Assert.Equal(["juice"], desk.Executed);
        Assert.Equal(2, rpc.Tries.Length);
    }

    [Fact]
    public async Task What_is_said_to_a_call_whose_time_ends_in_the_queue_is_that_it_was_not_executed()
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 10, static options => options.Queue.MaximumWait = TimeSpan.FromMinutes(1));
        Task<HttpResponseMessage> call = rpc.PlaceAsync("20S");
        await Eventually.HoldsAsync(() => rpc.App.Policy().Queued == 1);

        rpc.App.Time.Advance(TimeSpan.FromSeconds(20));

        using HttpResponseMessage answer = await call;
        Assert.Equal(["14"], await RpcApp.StatusesAsync(answer));
        Assert.Equal("reason=queue-timeout", answer.Header("Backpressure"));
        Assert.Empty(desk.Executed);
    }
}
