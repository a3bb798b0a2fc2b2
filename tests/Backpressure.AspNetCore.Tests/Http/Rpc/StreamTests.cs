using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>Streams: refused before they start, or left alone once they have begun; each holds its permit until its handler ends.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan LongerThanAnyTimeout = TimeSpan.FromMinutes(10);

    private readonly Turnstile _turnstile = new();
    private readonly Turnstile _desk = new();

    [Theory]
    [InlineData(MethodType.ServerStreaming)]
    [InlineData(MethodType.ClientStreaming)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task A_full_server_refuses_a_stream_before_it_starts(MethodType kind)
    {
        OrderDesk desk = new();
        await using RpcApp rpc = await RpcApp.StartFullAsync(desk, _turnstile, queue: 0);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(rpc.Client().RunAsync(kind)));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("reason=queue-full", refusal.Trailers.GetValue("backpressure"));
        Assert.Empty(desk.Executed);
    }

    [Theory]
    [InlineData(MethodType.ServerStreaming)]
    [InlineData(MethodType.ClientStreaming)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task A_stream_that_its_client_leaves_gives_its_permit_back(MethodType kind)
    {
        OrderDesk desk = HoldingDesk();
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(1, 0));
        using CancellationTokenSource leaving = new();
        Task call = rpc.Client().RunAsync(kind, new CallOptions(cancellationToken: leaving.Token));
        await _desk.ArrivalAsync();
        Assert.Equal(1, rpc.App.Policy().Active);

        await leaving.CancelAsync();

        RpcException left = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(call));
        Assert.Equal(StatusCode.Cancelled, left.StatusCode);
        await rpc.App.IsIdleAsync();
        Assert.Equal(0, _desk.Inside);
    }

    [Fact]
    public async Task A_stream_of_answers_that_has_begun_may_be_silent_for_as_long_as_it_likes()
    {
        OrderDesk desk = HoldingDesk();
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(1, 0));
        using AsyncServerStreamingCall<string> call = rpc.Client().Watch("tea");
        Assert.True(await RealTime.Within(call.ResponseStream.MoveNext(CancellationToken.None)));
        await _desk.ArrivalAsync();

        await PassAsync(rpc, LongerThanAnyTimeout);
        Assert.Equal((1, 1), (_desk.Inside, rpc.App.Policy().Active));
        _desk.Open();

        Assert.True(await RealTime.Within(call.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal("last", call.ResponseStream.Current);
        Assert.False(await RealTime.Within(call.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        await rpc.App.IsIdleAsync();
    }

    [Fact]
    public async Task So_may_a_conversation_on_both_sides()
    {
        await using RpcApp rpc = await RpcApp.StartAsync(new OrderDesk(), _turnstile, AppSetup.Limited(1, 0));
        using AsyncDuplexStreamingCall<string, string> call = rpc.Client().Chat();
        Assert.Equal("tea?", await AskAsync(call, "tea?"));

        await PassAsync(rpc, LongerThanAnyTimeout);

        Assert.Equal("coffee?", await AskAsync(call, "coffee?"));
        Assert.Equal(1, rpc.App.Policy().Active);
        await call.RequestStream.CompleteAsync();
        Assert.False(await RealTime.Within(call.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        await rpc.App.IsIdleAsync();
    }

    [Fact]
    public async Task Nor_is_a_call_cut_for_its_silence_that_has_sent_its_headers()
    {
        OrderDesk desk = new()
        {
            Place = async (order, context) =>
            {
                await context.WriteResponseHeadersAsync([]);
                await _desk.PassAsync(context.CancellationToken);
                return $"placed {order}";
            },
        };
        await using RpcApp rpc = await RpcApp.StartAsync(desk, _turnstile, AppSetup.Limited(1, 0));
        using AsyncUnaryCall<string> call = rpc.Client().PlaceAsync("tea");
        await RealTime.Within(call.ResponseHeadersAsync);
        await _desk.ArrivalAsync();

        await PassAsync(rpc, LongerThanAnyTimeout);
        Assert.Equal(1, _desk.Inside);
        _desk.Open();

        Assert.Equal("placed tea", await RealTime.Within(call.ResponseAsync));
    }

    [Theory] // the gRPC server takes the timeout away from streams, unless their endpoint has one of its own
    [InlineData(false, StatusCode.OK)]
    [InlineData(true, StatusCode.DeadlineExceeded)]
    public async Task A_stream_of_which_no_answer_has_begun_ends_at_a_timeout_of_its_endpoint_alone(bool hasTimeout, StatusCode expected)
    {
        await using RpcApp rpc = await RpcApp.StartAsync(new OrderDesk(), _turnstile, AppSetup.Limited(1, 0), endpoint: service =>
        {
            if (hasTimeout)
            {
                service.WithRequestTimeout(TimeSpan.FromSeconds(30));
            }
        });
        using AsyncClientStreamingCall<string, string> call = rpc.Client().Import();
        await call.RequestStream.WriteAsync("tea");
        await Eventually.HoldsAsync(() => rpc.App.Policy().Active == 1);

        await PassAsync(rpc, hasTimeout ? TimeSpan.FromSeconds(30) : LongerThanAnyTimeout);
        await (hasTimeout ? Task.CompletedTask : call.RequestStream.CompleteAsync());
        await RealTime.Within(Task.WhenAny(call.ResponseAsync));

        Assert.Equal(expected, call.GetStatus().StatusCode);
        await rpc.App.IsIdleAsync();
    }

    private static async Task<string> AskAsync(AsyncDuplexStreamingCall<string, string> call, string question)
    {
        await RealTime.Within(call.RequestStream.WriteAsync(question));
        Assert.True(await RealTime.Within(call.ResponseStream.MoveNext(CancellationToken.None)));
        return call.ResponseStream.Current;
    }

    /// <summary>Lets time pass in steps, as the timers of a deadline and of the patience with a silent answer see it.</summary>
    private static async Task PassAsync(RpcApp rpc, TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            rpc.App.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
    }

    /// <summary>A desk at which every stream is held, after its first message where it has one to send.</summary>
    private OrderDesk HoldingDesk() => new()
    {
        Watch = async (news, context) =>
        {
            await news.WriteAsync("first");
            await _desk.PassAsync(context.CancellationToken);
            await news.WriteAsync("last");
        },
        Import = async (_, context) =>
        {
            await _desk.PassAsync(context.CancellationToken);
            return "imported";
        },
        Chat = (_, _, context) => _desk.PassAsync(context.CancellationToken),
    };
}
