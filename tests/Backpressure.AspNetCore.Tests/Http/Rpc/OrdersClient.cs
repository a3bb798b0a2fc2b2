using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>The client as code that is generated from a .proto file would be.</summary>
public sealed class OrdersClient : ClientBase<OrdersClient>
{
    public OrdersClient(ChannelBase channel)
        : base(channel)
    {
    }

    public OrdersClient(CallInvoker invoker)
        : base(invoker)
    {
    }

    private OrdersClient(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    public AsyncUnaryCall<string> PlaceAsync(string order, CallOptions options = default) => CallInvoker.AsyncUnaryCall(Orders.Place, null, options, order);

    public AsyncServerStreamingCall<string> Watch(string order, CallOptions options = default) => CallInvoker.AsyncServerStreamingCall(Orders.Watch, null, options, order);

    public AsyncClientStreamingCall<string, string> Import(CallOptions options = default) => CallInvoker.AsyncClientStreamingCall(Orders.Import, null, options);

    public AsyncDuplexStreamingCall<string, string> Chat(CallOptions options = default) => CallInvoker.AsyncDuplexStreamingCall(Orders.Chat, null, options);

    /// <summary>Makes a stream of one kind, sends nothing, and reads it to its end.</summary>
    public async Task RunAsync(MethodType kind, CallOptions options = default)
    {
        switch (kind)
        {
            case MethodType.ServerStreaming:
                using (AsyncServerStreamingCall<string> call = Watch("tea", options))
                {
                    await DrainAsync(call.ResponseStream);
                }

                break;
            case MethodType.ClientStreaming:
                using (AsyncClientStreamingCall<string, string> call = Import(options))
                {
                    await call;
                }

                break;
            default:
                using (AsyncDuplexStreamingCall<string, string> call = Chat(options))
                {
                    await DrainAsync(call.ResponseStream);
                }

                break;
        }
    }

    protected override OrdersClient NewInstance(ClientBaseConfiguration configuration) => new(configuration);

    private static async Task DrainAsync(IAsyncStreamReader<string> answers)
    {
        while (await answers.MoveNext(CancellationToken.None))
        {
        }
    }
}
