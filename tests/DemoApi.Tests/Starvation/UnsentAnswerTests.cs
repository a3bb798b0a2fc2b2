using System.Globalization;
using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Starvation;

/// <summary>Handlers that block hold every thread of the pool just when the wait of another request is over. Its 503 would lie there until they are done: it is told by the end.</summary>
[Collection(TimingSensitive.Name)]
public sealed class UnsentAnswerTests
{
    private const int PoolThreads = 4;

    private static readonly TimeSpan HandlerTime = TimeSpan.FromSeconds(3); // of the processor, which a handler takes on one thread
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(3);

    [Theory] // T1
    [InlineData("1.1", "connection")]
    [InlineData("2.0", "connection_pool_starved")]
    public async Task Whose_wait_in_the_queue_is_over_is_told_while_the_handlers_still_hold_the_pool(string version, string stage)
    {
        await using DemoProcess demo = await StartAsync(limit: PoolThreads);
        using HttpClient client = ClientFor(demo, version);
        Task<HttpResponseMessage>[] idle = [.. Enumerable.Range(0, PoolThreads).Select(_ => demo.Client.GetAsync($"/work?ioMs={Lead.TotalMilliseconds}"))];
        await QueuedAsync(demo, 0, PoolThreads);
        Task<HttpResponseMessage>[] blockers = [.. Enumerable.Range(0, PoolThreads).Select(_ => demo.Client.GetAsync(Blocking))]; // granted when those are done
        await QueuedAsync(demo, PoolThreads, PoolThreads);

        await AssertToldAsync(demo, SendAsync(client, version, "/work", timeoutMs: 4000));

        await EndAsync(demo, [.. idle, .. blockers], stage);
    }

    private static string Blocking => $"/work?cpuMs={HandlerTime.TotalMilliseconds}";

    private static async Task AssertToldAsync(DemoProcess demo, Task<HttpResponseMessage> request)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        TimeSpan busiest = ProcessThread.Of(demo.Id).Max(thread => thread.Processor);
        Assert.True(busiest < HandlerTime, $"a thread had used {busiest.TotalSeconds:F2} s when the client was told: its handler was done");
    }

    private static async Task EndAsync(DemoProcess demo, Task<HttpResponseMessage>[] others, string stage)
    {
        foreach (HttpResponseMessage answer in await Task.WhenAll(others))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }

        MetricsText metrics = await MetricsText.ReadAsync(demo.Client);
        Assert.Equal(1, metrics.Value("backpressure_request_aborts_total", "backpressure_policy=\"default\"", $"backpressure_abort_stage=\"{stage}\""));
    }

    /// <summary>Waits until so many requests wait and run.</summary>
    private static async Task QueuedAsync(DemoProcess demo, int queued, int active)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            MetricsText metrics = await MetricsText.ReadAsync(demo.Client);
            if (metrics.Value("backpressure_queued_requests", "backpressure_policy=\"default\"") == queued
                && metrics.Value("backpressure_active_requests", "backpressure_policy=\"default\"") == active)
            {
                return;
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static HttpClient ClientFor(DemoProcess demo, string version) => new() { BaseAddress = version == "1.1" ? demo.Addresses[0] : demo.Addresses[^1] };

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string version, string path, int timeoutMs)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("Request-Timeout-Ms", timeoutMs.ToString(CultureInfo.InvariantCulture));
        return client.SendAsync(request);
    }

    private static Task<DemoProcess> StartAsync(int limit) => DemoProcess.StartAsync(new Dictionary<string, string?>
    {
        ["Kestrel__Endpoints__Http1__Url"] = "http://127.0.0.1:0",
        ["Http2__Url"] = "http://127.0.0.1:0",
        ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = PoolThreads.ToString("x", CultureInfo.InvariantCulture),
        ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = PoolThreads.ToString("x", CultureInfo.InvariantCulture),
        ["Backpressure__Limit__Algorithm"] = "Fixed",
        ["Backpressure__Limit__Maximum"] = limit.ToString(CultureInfo.InvariantCulture),
        ["Backpressure__Queue__MaximumWait"] = "00:05:00",
        ["Backpressure__Timeout__Default"] = "00:05:00",
        ["Backpressure__Queue__Order"] = "OldestFirst",
        ["Backpressure__Timeout__AbortGrace"] = "00:00:00.500",
    });
}
