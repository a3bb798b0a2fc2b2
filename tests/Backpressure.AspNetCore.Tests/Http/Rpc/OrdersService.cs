using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>The service as the gRPC server runs it; what it does is the desk's.</summary>
internal sealed class OrdersService : OrdersBase
{
    private readonly OrderDesk _desk;

    public OrdersService(OrderDesk desk) => _desk = desk;

    public override Task<string> Place(string order, ServerCallContext context)
    {
        _desk.Note(order);
        return _desk.Place(order, context);
    }

    public override Task Watch(string order, IServerStreamWriter<string> news, ServerCallContext context)
    {
        _desk.Note(order);
        return _desk.Watch(news, context);
    }

    public override Task<string> Import(IAsyncStreamReader<string> orders, ServerCallContext context)
    {
        _desk.Note(nameof(Import));
        return _desk.Import(orders, context);
    }

    public override Task Chat(IAsyncStreamReader<string> questions, IServerStreamWriter<string> answers, ServerCallContext context)
    {
        _desk.Note(nameof(Chat));
        return _desk.Chat(questions, answers, context);
    }
}
