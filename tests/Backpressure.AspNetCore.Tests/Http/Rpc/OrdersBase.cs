using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>The service as code that is generated from a .proto file would declare it.</summary>
[BindServiceMethod(typeof(Orders), nameof(Orders.BindService))]
internal abstract class OrdersBase
{
    public abstract Task<string> Place(string order, ServerCallContext context);

    public abstract Task Watch(string order, IServerStreamWriter<string> news, ServerCallContext context);

    public abstract Task<string> Import(IAsyncStreamReader<string> orders, ServerCallContext context);

    public abstract Task Chat(IAsyncStreamReader<string> questions, IServerStreamWriter<string> answers, ServerCallContext context);
}
