using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>Finds the address that a request really came from: of whoever opened the connection, not what a header says of those behind it.</summary>
internal static class TransportPeer
{
    private const string OriginalFor = "X-Original-For"; // ForwardedHeaders leaves it behind where it has put another address in the place of the peer's

    /// <summary>The address; <see langword="null"/> where there is none, as on a Unix socket, or where it cannot be known.</summary>
    /// <remarks>
    /// Kestrel's socket tells, whatever middleware has made of the connection's address since. Of another server, or over QUIC, that address is all there is, and it is not the peer's once it was replaced.
    /// Where the connection has no address of this end either, as on a named pipe, the other one comes from a header, which ForwardedHeaders lets pass there without a look at known proxies.
    /// </remarks>
    public static IPAddress? AddressOf(HttpContext context)
    {
        IFeatureCollection features = context.Features;
        if (features.Find<IConnectionSocketFeature>() is { } connection)
        {
            return AddressOf(connection.Socket);
        }

        return !context.Request.Headers.ContainsKey(OriginalFor) && features.Find<IHttpConnectionFeature>() is { LocalIpAddress: not null } ends ? ends.RemoteIpAddress : null;
    }

    private static IPAddress? AddressOf(Socket socket)
    {
        try
        {
            return (socket.RemoteEndPoint as IPEndPoint)?.Address;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return null; // the connection has just ended
        }
    }
}
