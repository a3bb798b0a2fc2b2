using System.Net;
using System.Net.Sockets;
using System.Text;
using Backpressure.AspNetCore;

namespace DemoApi.Tests.Load;

[Collection(TimingSensitive.Name)]
public sealed class OpenLoopTests
{
    private const string Whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 3\r\nConnection: close\r\n\r\nwhole";
    private const string CutShort = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\ncut";

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.5);

    [Fact]
    public async Task Slow_server_neither_slows_the_arrivals_nor_hides_its_slowness()
    {
        TimeSpan serviceTime = TimeSpan.FromMilliseconds(20);
        using OneByOneServer server = new(Whole, serviceTime);

        LoadReport report = await ValidRun.OfAsync(() => RunAsync(server.Address, perSecond: 200), static run => run);

        Assert.Equal(report.Exchanges.Count, report.Count(Bucket.Served));
        Assert.All(report.Exchanges, exchange => Assert.True(exchange.SentAt >= exchange.Due, "sent early"));
        TimeSpan everythingTakes = serviceTime * report.Exchanges.Count; // about two seconds, for what is sent in half a second
        Assert.True(report.Exchanges.Max(exchange => exchange.Latency) >= everythingTakes - Short, report.ToString());
    }

    [Fact]
    public async Task Answer_is_kept_with_its_headers_and_its_body()
    {
        using OneByOneServer server = new(Whole, TimeSpan.Zero);

        LoadReport report = await RunAsync(server.Address, perSecond: 20);

        Assert.All(report.Exchanges, exchange =>
        {
            Assert.Equal("3", exchange.Answer!["retry-after"]);
            Assert.Equal("whole", exchange.Answer.Body);
        });
    }

    [Fact]
    public async Task Answer_that_is_cut_short_is_an_error()
    {
        using OneByOneServer server = new(CutShort, TimeSpan.Zero);

        LoadReport report = await RunAsync(server.Address, perSecond: 20);

        Assert.Equal(report.Exchanges.Count, report.Count(Bucket.ConnectionError));
    }

    [Fact]
    public async Task Refused_connection_is_an_error()
    {
        using TcpListener reserved = new(IPAddress.Loopback, 0);
        reserved.Start();
        int port = ((IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();

        LoadReport report = await RunAsync(new Uri($"http://127.0.0.1:{port}"), perSecond: 20);

        Assert.Equal(report.Exchanges.Count, report.Count(Bucket.ConnectionError));
    }

    [Fact]
    public async Task Client_without_patience_gives_up()
    {
        using OneByOneServer server = new(Whole, TimeSpan.FromSeconds(30));

        LoadReport report = await RunAsync(server.Address, perSecond: 20, patience: TimeSpan.FromMilliseconds(50));

        Assert.Equal(report.Exchanges.Count, report.Count(Bucket.GaveUp));
    }

    private static async Task<LoadReport> RunAsync(Uri target, double perSecond, TimeSpan? patience = null)
    {
        using OpenLoop loop = new(TimerFdTimeProvider.Shared);
        return await loop.RunAsync(new LoadPlan
        {
            Target = target,
            PerSecond = perSecond,
            Duration = Short,
            Seed = 1, // arrivals that are known not to be none
            Patience = _ => patience ?? TimeSpan.FromSeconds(20),
        });
    }

    /// <summary>Serves one connection after the other, always with the same bytes.</summary>
    private sealed class OneByOneServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _answer;
        private readonly TimeSpan _serviceTime;
        private readonly CancellationTokenSource _stop = new();

        public OneByOneServer(string answer, TimeSpan serviceTime)
        {
            _answer = Encoding.ASCII.GetBytes(answer);
            _serviceTime = serviceTime;
            _listener.Start(backlog: 512);
            _ = ServeAsync();
        }

        public Uri Address => new($"http://{_listener.LocalEndpoint}");

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
            _listener.Dispose();
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                using Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                byte[] request = new byte[4096];
                await client.ReceiveAsync(request, _stop.Token);
                await Task.Delay(_serviceTime, TimerFdTimeProvider.Shared, _stop.Token);
                await client.SendAsync(_answer, _stop.Token);
                client.Shutdown(SocketShutdown.Both);
            }
        }
    }
}
