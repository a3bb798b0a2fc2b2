using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>The deadline of a gRPC call, its client's or the server's own: it ends as "deadline exceeded", whoever notices first, and never as "unavailable", which clients try again.</summary>
public sealed class DeadlineTests
{
    private static readonly string[] Expected = ["4"];

    private readonly Turnstile _turnstile = new();
    private readonly TaskCompletionSource<TimeSpan?> _remaining = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task The_deadline_of_the_client_is_the_one_of_the_request()
    {
        OrderDesk desk = PatientDesk();
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, static _ => { }, onRealTime: true);
        OrdersClient client = rpc.Client(Policies.Retries(5));
        await RealTime.Within(client.Watch("juice").ResponseStream.MoveNext(CancellationToken.None)); // connects

        RpcException late = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(client.PlaceAsync("tea", new CallOptions(deadline: RpcApp.In(milliseconds: 1_500))).ResponseAsync));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.InRange((await RealTime.Within(_remaining.Task))!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(1_500));
        await RealTime.Within(_cancelled.Task);
        await rpc.App.IsIdleAsync();
        Assert.Equal(["juice", "tea"], desk.Executed);
    }

    [Fact]
    public async Task Where_ours_strikes_before_that_of_the_gRPC_server_the_answer_is_deadline_exceeded()
    {
        await using RpcApp rpc = await RpcApp.StartAsync(PatientDesk(), _turnstile, static _ => { });
        Task<HttpResponseMessage> call = rpc.PlaceAsync("20S");
        await RealTime.Within(_remaining.Task);

        rpc.App.Time.Advance(TimeSpan.FromSeconds(20));

        await RealTime.Within(Task.WhenAll(_aborted.Task, _cancelled.Task));
        using HttpResponseMessage answer = await call;
        Assert.Equal(Expected, await RpcApp.StatusesAsync(answer));
        await rpc.App.IsIdleAsync();
    }

    [Fact]
    public async Task Where_that_of_the_gRPC_server_strikes_first_it_is_the_same()
    {
        await using RpcApp rpc = await RpcApp.StartAsync(PatientDesk(), _turnstile, static _ => { });

        using HttpResponseMessage answer = await rpc.PlaceAsync("100m");

        Assert.Equal(Expected, await RpcApp.StatusesAsync(answer));
        await rpc.App.IsIdleAsync();
    }

    [Fact]
    public async Task Where_both_strike_together_it_is_said_once()
    {
        await using RpcApp rpc = await RpcApp.StartAsync(PatientDesk(), _turnstile, AppSetup.Limited(20, 0), onRealTime: true);

        for (int round = 0; round < 5; round++)
        {
            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rpc.PlaceAsync("20m")));

            foreach (HttpResponseMessage answer in answers)
            {
                string told = Assert.Single(await RpcApp.StatusesAsync(answer));
                Assert.True(told == "4" || (told == "14" && answer.Header("Backpressure") == "reason=deadline-infeasible"), $"It was told {told}."); // 20 ms may pass before anybody gets to it
                answer.Dispose();
            }

            await rpc.App.IsIdleAsync();
        }

        Assert.DoesNotContain(rpc.App.Logs, static log => log.Level >= LogLevel.Error && log.Category?.StartsWith("Grpc", StringComparison.Ordinal) != true);
    }

    [Fact]
    public async Task The_timeout_of_the_server_is_deadline_exceeded_and_not_tried_again()
    {
        OrderDesk desk = PatientDesk();
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, static _ => { });
        AsyncUnaryCall<string> call = rpc.Client(Policies.Retries(5)).PlaceAsync("tea");
        await RealTime.Within(_remaining.Task);

        rpc.App.Time.Advance(TimeSpan.FromSeconds(30));

        RpcException late = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(call.ResponseAsync));
        Assert.Equal((StatusCode.DeadlineExceeded, "The call took longer than it may. It may have been executed."), (late.StatusCode, late.Status.Detail));
        Assert.Equal(["tea"], desk.Executed);
        await rpc.App.IsIdleAsync();
    }

    [Fact]
    public async Task What_a_handler_says_of_its_call_after_the_deadline_is_not_hidden()
    {
        OrderDesk desk = new()
        {
            Place = async (_, context) =>
            {
                _remaining.TrySetResult(null);
                await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken));
                throw new RpcException(new Status(StatusCode.Aborted, "rolled back"));
            },
        };
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, static _ => { });
        AsyncUnaryCall<string> call = rpc.Client().PlaceAsync("tea");
        await RealTime.Within(_remaining.Task);

        rpc.App.Time.Advance(TimeSpan.FromSeconds(30));

        RpcException told = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(call.ResponseAsync));
        Assert.Equal((StatusCode.Aborted, "rolled back"), (told.StatusCode, told.Status.Detail));
    }

    [Fact]
    public async Task A_handler_that_goes_on_is_cut_and_its_client_does_not_try_again()
    {
        OrderDesk desk = new()
        {
            Place = async (order, _) =>
            {
                _remaining.TrySetResult(null);
                await _turnstile.PassAsync();
                return order;
            },
        };
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, static _ => { });
        AsyncUnaryCall<string> call = rpc.Client(Policies.Retries(5)).PlaceAsync("tea");
        await RealTime.Within(_remaining.Task);

        rpc.App.Time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(() => Moved(rpc, call.ResponseAsync));

        RpcException cut = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(call.ResponseAsync));
        Assert.NotEqual(StatusCode.Unavailable, cut.StatusCode);
        Assert.Equal(["tea"], desk.Executed);
        Assert.Equal(1, rpc.App.Policy().Active); // the permit follows the work
        _turnstile.Open();
        await rpc.App.IsIdleAsync();
    }

    private static bool Moved(RpcApp rpc, Task call)
    {
        rpc.App.Time.Advance(TimeSpan.FromSeconds(1));
        return call.IsCompleted;
    }

    /// <summary>A desk that places nothing until its call is aborted.</summary>
    private OrderDesk PatientDesk() => new()
    {
        Place = async (order, context) =>
        {
            HttpContext http = context.GetHttpContext();
            using CancellationTokenRegistration ours = http.RequestAborted.Register(() => _aborted.TrySetResult());
            using CancellationTokenRegistration theirs = context.CancellationToken.Register(() => _cancelled.TrySetResult());
            _remaining.TrySetResult(http.Features.Get<IBackpressureFeature>()!.Remaining);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return order;
        },
    };
}
