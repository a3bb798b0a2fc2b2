using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>A small HTTP/1.1 server on a loopback port: enough to see on real sockets what a client sends. A script answers null to break the connection.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    /// <summary>The script's word for never answering.</summary>
    public const string Silence = "";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<SentRequest, int, string?> _respond;
    private readonly ConcurrentQueue<SentRequest> _received = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private int _next;

    /// <param name="respond">Gets the request and its number, from 1, and returns the raw response.</param>
    public LoopbackServer(Func<SentRequest, int, string?> respond)
    {
        _respond = respond;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public SentRequest[] Received => [.. _received];

    public static string Response(int status, string body = "", params string[] headers) =>
        $"HTTP/1.1 {status} x\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                NetworkStream stream = connection.GetStream();
                while (await ReadAsync(stream) is SentRequest request)
                {
                    _received.Enqueue(request);
                    if (_respond(request, Interlocked.Increment(ref _next)) is not string response)
                    {
                        connection.Client.Close(timeout: 0); // a reset
                        return;
                    }

                    if (response.Length == 0)
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                    }

                    await stream.WriteAsync(Encoding.UTF8.GetBytes(response), _stop.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // the client went away or the test is over
            }
        }
    }

    private async Task<SentRequest?> ReadAsync(NetworkStream stream)
    {
        string? start = await ReadLineAsync(stream);
        if (string.IsNullOrEmpty(start))
        {
            return null;
        }

        var headers = new List<(string Name, string Value)>();
        while (await ReadLineAsync(stream) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        string[] Values(string name) => [.. headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];
        byte[] body = new byte[Values("Content-Length") is [string length] ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new SentRequest(start.Split(' ')[0], Values("Retry-Attempt"), Values("Request-Timeout-Ms"), Encoding.UTF8.GetString(body), TimeProvider.System.GetElapsedTime(0));
    }

    private async Task<string?> ReadLineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        return null;
    }
}
