using System.Net.Sockets;
using System.Text;

namespace DemoApi.Tests.Hosting;

/// <summary>Sends requests that no client library would.</summary>
public static class RawHttp
{
    /// <summary>Sends a request with its target as given, and reads the whole answer.</summary>
    public static Task<string> SendAsync(Uri address, string method, string target, string body) =>
        SendAsync(address, $"{method} {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>Sends bytes as they are, and reads until the server closes the connection.</summary>
    public static async Task<string> SendAsync(Uri address, string request)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(address.Host, address.Port);
        await using NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
