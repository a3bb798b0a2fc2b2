using System.Net.Sockets;
using System.Text;
using Backpressure.AspNetCore.Tests.Timeouts;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>One request of HTTP/1.1 on a connection of its own, as bytes.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient _connection = new();

    public static async Task<RawRequest> SendAsync(Uri server, string path, string method = "GET", string headers = "")
    {
        RawRequest request = new();
        await request._connection.ConnectAsync(server.Host, server.Port);
        await request._connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n{headers}\r\n"));
        return request;
    }

    /// <summary>Everything that came until the server closed or reset the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using CancellationTokenSource patience = new(RealTime.Patience, TimeProvider.System);
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await _connection.GetStream().ReadAsync(buffer, patience.Token)) > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // a reset ends the text, too
        }

        return text.ToString();
    }

    public void Dispose() => _connection.Dispose();
}
