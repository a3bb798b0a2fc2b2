using System.Net;
using System.Net.Sockets;
using Backpressure.AspNetCore.Http;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class TransportPeerTests
{
    [Fact]
    public async Task The_socket_tells_whatever_became_of_the_address_and_looking_allocates_nothing()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(listener.LocalEndPoint!);
        using Socket accepted = await listener.AcceptAsync();
        HttpContext context = ContextOf(accepted);

        Assert.Equal(IPAddress.Loopback, TransportPeer.AddressOf(context));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            TransportPeer.AddressOf(context);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_connection_that_has_ended_has_no_address()
    {
        Socket ended = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        ended.Dispose();

        Assert.Null(TransportPeer.AddressOf(ContextOf(ended)));
    }

    private static DefaultHttpContext ContextOf(Socket socket)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.1.2.3"); // as middleware would have it
        context.Features.Set<IConnectionSocketFeature>(new Connection(socket));
        return context;
    }

    private sealed record Connection(Socket Socket) : IConnectionSocketFeature;
}
