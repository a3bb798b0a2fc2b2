using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refusal as a real gRPC client sees it.</summary>
public sealed class GrpcClientTests
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private readonly Turnstile _turnstile = new();
    private int _calls; // Interlocked only

    [Theory]
    [InlineData(MethodType.Unary)]
    [InlineData(MethodType.ServerStreaming)]
    [InlineData(MethodType.ClientStreaming)]
    [InlineData(MethodType.DuplexStreaming)]
    public async Task The_call_fails_as_unavailable_with_our_sentence(MethodType kind)
    {
        await using App app = await AppAsync();
        using GrpcChannel channel = Channel(app);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(CallAsync(channel.CreateCallInvoker(), kind, [])));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("The server is at its limit and its queue is full. The request was not executed.", refusal.Status.Detail);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task A_client_that_retries_does_not_when_it_is_told_never()
    {
        await using App app = await AppAsync();
        using GrpcChannel channel = Channel(app, new RetryPolicy
        {
            MaxAttempts = 5,
            InitialBackoff = TimeSpan.FromMilliseconds(1),
            MaxBackoff = TimeSpan.FromMilliseconds(1),
            BackoffMultiplier = 1,
            RetryableStatusCodes = { StatusCode.Unavailable },
        });
        Metadata noTimeLeft = new() { { "Request-Timeout-Ms", "0" } };

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => RealTime.Within(CallAsync(channel.CreateCallInvoker(), MethodType.Unary, noTimeLeft)));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal(1, _calls);
    }

    private static GrpcChannel Channel(App app, RetryPolicy? retries = null) => GrpcChannel.ForAddress(app.Client.BaseAddress!, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { UseProxy = false },
        DisposeHttpClient = true,
        ServiceConfig = retries is null ? null : new ServiceConfig { MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = retries } } },
    });

    private static async Task CallAsync(CallInvoker invoker, MethodType kind, Metadata headers)
    {
        Method<byte[], byte[]> method = new(kind, "shop.Orders", "Place", Raw, Raw);
        CallOptions options = new(headers);
        switch (kind)
        {
            case MethodType.Unary:
                await invoker.AsyncUnaryCall(method, null, options, []);
                break;
            case MethodType.ServerStreaming:
                using (AsyncServerStreamingCall<byte[]> call = invoker.AsyncServerStreamingCall(method, null, options, []))
                {
                    await call.ResponseStream.MoveNext(CancellationToken.None);
                }

                break;
            case MethodType.ClientStreaming:
                using (AsyncClientStreamingCall<byte[], byte[]> call = invoker.AsyncClientStreamingCall(method, null, options))
                {
                    await call; // still free to send
                }

                break;
            default:
                using (AsyncDuplexStreamingCall<byte[], byte[]> call = invoker.AsyncDuplexStreamingCall(method, null, options))
                {
                    await call.ResponseStream.MoveNext(CancellationToken.None);
                }

                break;
        }
    }

    private Task<App> AppAsync() => FullApp.StartAsync(_turnstile, HttpProtocols.Http2, outside: outside => outside.Use(next => context =>
    {
        if (context.Request.ContentType == "application/grpc")
        {
            Interlocked.Increment(ref _calls);
        }

        return next(context);
    }));
}
