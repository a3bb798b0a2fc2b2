using System.Text;
using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>The methods of <c>shop.Orders</c>, one of each kind, as code that is generated from a .proto file would describe them.</summary>
internal static class Orders
{
    private static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    public static readonly Method<string, string> Place = new(MethodType.Unary, "shop.Orders", nameof(Place), Text, Text);
    public static readonly Method<string, string> Watch = new(MethodType.ServerStreaming, "shop.Orders", nameof(Watch), Text, Text);
    public static readonly Method<string, string> Import = new(MethodType.ClientStreaming, "shop.Orders", nameof(Import), Text, Text);
    public static readonly Method<string, string> Chat = new(MethodType.DuplexStreaming, "shop.Orders", nameof(Chat), Text, Text);

    /// <summary>Tells the server which methods there are; it finds the code of each by its name.</summary>
    public static void BindService(ServiceBinderBase binder, OrdersBase? _)
    {
        binder.AddMethod(Place, default(UnaryServerMethod<string, string>));
        binder.AddMethod(Watch, default(ServerStreamingServerMethod<string, string>));
        binder.AddMethod(Import, default(ClientStreamingServerMethod<string, string>));
        binder.AddMethod(Chat, default(DuplexStreamingServerMethod<string, string>));
    }
}
