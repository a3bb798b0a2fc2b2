using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Backpressure.AspNetCore.Tests.Timeouts;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>One request of HTTP/1.1 on a connection of its own, as bytes.</summary>
internal sealed partial class RawRequest : IDisposable
{
    private const string EndOfHead = "\r\n\r\n";

    private readonly TcpClient _connection = new();
    private readonly byte[] _buffer = new byte[4096];
    private string _unread = "";

    public static async Task<RawRequest> SendAsync(Uri server, string path, string method = "GET", string headers = "")
    {
        RawRequest request = new();
        await request._connection.ConnectAsync(server.Host, server.Port);
        await request.SendMoreAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n{headers}\r\n"));
        return request;
    }

    /// <summary>Sends a part of the body.</summary>
    public async Task SendMoreAsync(ReadOnlyMemory<byte> part)
    {
        using CancellationTokenSource patience = new(RealTime.Patience, TimeProvider.System);
        await _connection.GetStream().WriteAsync(part, patience.Token);
    }

    /// <summary>The next answer alone: its head and the body that the head announces.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        int end;
        while ((end = _unread.IndexOf(EndOfHead, StringComparison.Ordinal)) < 0)
        {
            Assert.True(await ReadAsync(), $"The connection ended before the answer did: '{_unread}'");
        }

        end += EndOfHead.Length;
        Match length = ContentLength().Match(_unread, 0, end);
        end += length.Success ? int.Parse(length.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        while (_unread.Length < end)
        {
            Assert.True(await ReadAsync(), $"The connection ended before the answer did: '{_unread}'");
        }

        string answer = _unread[..end];
        _unread = _unread[end..];
        return answer;
    }

    /// <summary>Everything that came until the server closed or reset the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        try
        {
            while (await ReadAsync())
            {
                // until there is no more
            }
        }
        catch (IOException)
        {
            // a reset ends the text, too
        }

        return _unread;
    }

    public void Dispose() => _connection.Dispose();

    [GeneratedRegex("\r\nContent-Length: ([0-9]+)\r\n", RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();

    private async Task<bool> ReadAsync()
    {
        using CancellationTokenSource patience = new(RealTime.Patience, TimeProvider.System);
        int count = await _connection.GetStream().ReadAsync(_buffer, patience.Token);
        _unread += Encoding.ASCII.GetString(_buffer, 0, count);
        return count > 0;
    }
}
