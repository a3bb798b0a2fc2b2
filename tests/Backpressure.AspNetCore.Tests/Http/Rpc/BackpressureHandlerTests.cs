using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.Http;
using Backpressure.Http.Protocol;
using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary><c>AddGrpcClient</c> with <c>AddBackpressureHandler</c>: the gRPC client retries, ours says how much time is left and holds it to the budget.</summary>
public sealed class BackpressureHandlerTests
{
    private const int Calls = 100;

    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(null, 100_000)]
    [InlineData(5_000, 5_000)]
    public async Task A_call_states_its_time_as_gRPC_does_and_only_so(int? deadlineMilliseconds, int atMost)
    {
        await using RpcApp rpc = await RpcApp.StartAsync(new OrderDesk(), _turnstile, static _ => { });
        await using ServiceProvider services = Services(rpc, config: null);
        CallOptions options = new(deadline: deadlineMilliseconds is int own ? TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(own) : null);

        Assert.Equal("placed tea", await RealTime.Within(services.GetRequiredService<OrdersClient>().PlaceAsync("tea", options).ResponseAsync));

        Try arrived = Assert.Single(rpc.Tries);
        Assert.True(GrpcTimeoutHeader.TryParse(arrived.Headers["grpc-timeout"], out TimeSpan stated));
        Assert.InRange(stated, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(atMost));
        Assert.False(arrived.Headers.ContainsKey(BackpressureHeaders.RequestTimeoutMs));
        Assert.False(arrived.Headers.ContainsKey(BackpressureHeaders.RetryAttempt));
    }

    [Fact]
    public async Task Refusals_are_tried_again_by_the_gRPC_client_alone_and_counted_once()
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 0, static options =>
        {
            options.Shed.MinimumRetryAfter = options.Shed.MaximumRetryAfter = TimeSpan.FromMilliseconds(1);
            options.RetryBudget.MinimumPerSecond = 100_000;
        }, onRealTime: true);
        await using ServiceProvider services = Services(rpc, Policies.Retries(3), static options => options.MinimumRetriesPerSecond = 100_000);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(services.GetRequiredService<OrdersClient>().PlaceAsync("tea").ResponseAsync));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal([null, "1", "2"], rpc.Tries.Select(static arrived => arrived.Earlier));
        Assert.All(rpc.Tries, static arrived => Assert.False(arrived.Headers.ContainsKey(BackpressureHeaders.RetryAttempt)));
        Assert.Empty(desk.Executed);
    }

    [Theory] // R9; gRPC's own throttling is off unless the service configuration has it
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failing_service_is_asked_for_a_tenth_more_where_the_handler_is_there_and_for_all_tries_where_it_is_not(bool hasHandler)
    {
        OrderDesk desk = new() { Place = static (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "the database is away")) };
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(10, 10));
        ServiceConfig config = Policies.Retries(4);
        await using ServiceProvider services = Services(rpc, config, static options => options.MinimumRetriesPerSecond = 0);
        OrdersClient client = hasHandler ? services.GetRequiredService<OrdersClient>() : rpc.Client(config);

        for (int i = 0; i < Calls; i++)
        {
            RpcException failure = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("tea").ResponseAsync));
            Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        }

        Assert.InRange(desk.Executed.Length, hasHandler ? 1.05 * Calls : 4 * Calls, hasHandler ? 1.11 * Calls : 4 * Calls);
    }

    [Fact]
    public async Task A_server_that_keeps_refusing_is_asked_less_and_who_is_held_back_is_unavailable()
    {
        await using RpcApp rpc = await RpcApp.StartFullAsync(new OrderDesk(), _turnstile, queue: 0);
        await using ServiceProvider services = Services(rpc, config: null);
        OrdersClient client = services.GetRequiredService<OrdersClient>();
        List<RpcException> refusals = [];

        for (int i = 0; i < Calls; i++)
        {
            refusals.Add(await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("tea").ResponseAsync)));
        }

        Assert.All(refusals, static refusal => Assert.Equal(StatusCode.Unavailable, refusal.StatusCode));
        RpcException[] held = [.. refusals.Where(static refusal => refusal.Status.Detail == "client-throttle")];
        Assert.InRange(held.Length, 1, Calls - 10);
        Assert.All(held, static refusal => Assert.Equal("-1", refusal.Trailers.GetValue("grpc-retry-pushback-ms")));
        Assert.Equal(Calls - held.Length, rpc.Tries.Length);
    }

    private static ServiceProvider Services(RpcApp rpc, ServiceConfig? config, Action<BackpressureHandlerOptions>? options = null)
    {
        ServiceCollection services = new();
        services.AddGrpcClient<OrdersClient>(client => client.Address = rpc.App.Client.BaseAddress)
            .ConfigurePrimaryHttpMessageHandler(rpc.App.NewConnections)
            .ConfigureChannel(channel => channel.ServiceConfig = config)
            .AddBackpressureHandler(options ?? (static _ => { }));
        return services.BuildServiceProvider();
    }
}
