using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Starvation;

/// <summary>Handlers that block hold every thread of the pool, and ignore their tokens. Their clients are told all the same, by threads that are not the pool's.</summary>
[Collection(TimingSensitive.Name)]
public sealed class StarvedPoolTests : IDisposable
{
    private const int PoolThreads = 4;
    private const string Work = "/work?cpuMs=3000";

    private static readonly TimeSpan HandlerTime = TimeSpan.FromSeconds(3); // of the processor, which a handler takes on one thread

    private readonly ServerCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory] // T1, R13
    [InlineData("http")]
    [InlineData("https")] // an orderly end of TLS would need the pool
    public async Task Over_HTTP_1_1_each_connection_is_cut_after_the_grace_while_the_handlers_still_hold_the_pool(string scheme)
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(Settings(abortGrace: "00:00:00.500"));
        using HttpClient client = _certificate.ClientFor(demo.Addresses.Single(address => address.Scheme == scheme));

        await EachClientIsToldAsync(demo, client, HttpVersion.Version11);

        MetricsText metrics = await MetricsText.ReadAsync(demo.Client); // answered when a thread is free again: the handlers are done then
        Assert.Equal(PoolThreads, metrics.Value("backpressure_request_aborts_total", "backpressure_policy=\"default\"", "backpressure_abort_stage=\"connection\""));
        Assert.Single(demo.Output.Lines, line => line.Contains("the thread pool is starved", StringComparison.Ordinal) && line.Contains("/work", StringComparison.Ordinal));
    }

    [Theory] // T1, R13
    [InlineData("http")]
    [InlineData("https")]
    public async Task Over_HTTP_2_a_pool_that_resets_no_stream_costs_the_connection(string scheme)
    {
        Dictionary<string, string?> settings = Settings(abortGrace: "00:00:00.500");
        settings["Http2__Url"] = "http://127.0.0.1:0";
        await using DemoProcess demo = await DemoProcess.StartAsync(settings);
        using HttpClient client = _certificate.ClientFor(demo.Addresses.Last(address => address.Scheme == scheme));

        await EachClientIsToldAsync(demo, client, HttpVersion.Version20);

        MetricsText metrics = await MetricsText.ReadAsync(demo.Client);
        Assert.True(metrics.Value("backpressure_request_aborts_total", "backpressure_policy=\"default\"", "backpressure_abort_stage=\"connection_pool_starved\"") >= 1);
    }

    [Fact] // the control
    public async Task Without_a_grace_they_wait_until_the_handlers_are_done()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(Settings(abortGrace: "Infinite"));

        using HttpResponseMessage answer = await demo.Client.SendAsync(Request("/work?cpuMs=1500", HttpVersion.Version11));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    private static async Task EachClientIsToldAsync(DemoProcess demo, HttpClient client, Version version)
    {
        (Exception? Failure, TimeSpan Busiest)[] told = await Task.WhenAll(Enumerable.Range(0, PoolThreads).Select(async _ =>
        {
            Exception? failure = await FailureAsync(client, version);
            return (failure, ProcessThread.Of(demo.Id).Max(thread => thread.Processor));
        }));

        Assert.All(told, one => Assert.IsAssignableFrom<HttpRequestException>(one.Failure));
        Assert.All(told, one => Assert.True(one.Busiest < HandlerTime, $"a thread had used {one.Busiest.TotalSeconds:F2} s when a client was told: its handler was done"));
    }

    /// <summary>HTTP/1.1 without TLS, and TLS. The server sorts endpoints by name, so that of HTTP/2 without TLS comes in between.</summary>
    private Dictionary<string, string?> Settings(string abortGrace) => new(_certificate.Settings())
    {
        ["Kestrel__Endpoints__Http1__Url"] = "http://127.0.0.1:0",
        ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = PoolThreads.ToString("x", System.Globalization.CultureInfo.InvariantCulture),
        ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = PoolThreads.ToString("x", System.Globalization.CultureInfo.InvariantCulture),
        ["Backpressure__Limit__Algorithm"] = "Fixed",
        ["Backpressure__Limit__Maximum"] = "100",
        ["Backpressure__Timeout__AbortGrace"] = abortGrace,
    };

    /// <summary>How a request ended that has a second; <see langword="null"/> if it was answered.</summary>
    private static async Task<Exception?> FailureAsync(HttpClient client, Version version)
    {
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(Request(Work, version));
            return null;
        }
        catch (HttpRequestException failure)
        {
            return failure;
        }
    }

    private static HttpRequestMessage Request(string path, Version version)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("Request-Timeout-Ms", "1000");
        return request;
    }
}
