using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.Http.Protocol;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>How the deadline of a real gRPC client goes from one server to the next.</summary>
public sealed class GrpcDeadlineTests
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    [Theory]
    [InlineData(null, 29_000)]
    [InlineData(5_000, 5_000)]
    [InlineData(60_000, 29_000)]
    public async Task A_call_states_its_own_deadline_or_what_is_left_of_the_request_whichever_is_less(int? ownMilliseconds, int atMost)
    {
        await using Backend backend = await Backend.StartAsync(HttpProtocols.Http2);
        FakeTimeProvider time = new();
        await using App app = await App.StartAsync(new AppSetup
        {
            Time = time,
            Sockets = HttpProtocols.Http1,
            Services = backend.Register,
            Endpoints = endpoints => endpoints.MapGet("/", (HttpContext context) =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return CallAsync(context, backend.Address, ownMilliseconds);
            }),
        });

        (await app.GetAsync("/")).EnsureSuccessStatusCode();

        Assert.True(GrpcTimeoutHeader.TryParse(Assert.Single(backend.Timeouts), out TimeSpan stated));
        Assert.InRange(stated, TimeSpan.FromMilliseconds(atMost / 2), TimeSpan.FromMilliseconds(atMost)); // Grpc.Net.Client takes its own from the real clock
    }

    [Fact]
    public async Task The_server_that_is_called_holds_the_call_to_it()
    {
        TimeSpan? remaining = null;
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http2,
            Endpoints = endpoints => endpoints.MapPost("/{**path}", (HttpContext context) => { remaining = context.Features.Get<IBackpressureFeature>()!.Remaining; }),
        });
        using GrpcChannel channel = GrpcChannel.ForAddress(app.Client.BaseAddress!);

        await Assert.ThrowsAsync<RpcException>(() => PlaceAsync(channel, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5)));

        Assert.InRange(remaining ?? TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
    }

    private static async Task CallAsync(HttpContext context, Uri address, int? ownMilliseconds)
    {
        HttpMessageHandler handler = context.RequestServices.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(Backend.Name);
        using GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
        await Assert.ThrowsAsync<RpcException>(() => PlaceAsync(channel, ownMilliseconds is int own ? TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(own) : null));
    }

    /// <summary>A call whose answer, which is no gRPC, is nobody's concern.</summary>
    private static Task<byte[]> PlaceAsync(GrpcChannel channel, DateTime? deadline)
    {
        Method<byte[], byte[]> method = new(MethodType.Unary, "shop.Orders", "Place", Raw, Raw);
        return RealTime.Within(channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(deadline: deadline), []).ResponseAsync);
    }
}
