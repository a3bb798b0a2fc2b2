using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Starvation;

/// <summary>Handlers that block hold every thread of the pool, and ignore their tokens. Their clients are told all the same, by threads that are not the pool's.</summary>
[Collection(TimingSensitive.Name)]
public sealed class StarvedPoolTests
{
    private const int PoolThreads = 4;
    private const string Work = "/work?cpuMs=4000"; // of processor time, so that nobody is done before that

    [Fact] // T1, R13
    public async Task Over_HTTP_1_1_each_connection_is_cut_after_the_grace_while_the_handlers_still_hold_the_pool()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(Settings(abortGrace: "00:00:00.500"));

        Exception?[] told = await Task.WhenAll(Enumerable.Range(0, PoolThreads).Select(_ => FailureAsync(demo.Client, HttpVersion.Version11)));

        Assert.All(told, failure => Assert.IsAssignableFrom<HttpRequestException>(failure));
        MetricsText metrics = await MetricsText.ReadAsync(demo.Client); // answered when a thread is free again: the handlers are done then
        Assert.Equal(PoolThreads, metrics.Value("backpressure_request_aborts_total", "backpressure_policy=\"default\"", "backpressure_abort_stage=\"connection\""));
        Assert.Single(demo.Output.Lines, line => line.Contains("ignores HttpContext.RequestAborted", StringComparison.Ordinal) && line.Contains("/work", StringComparison.Ordinal));
    }

    [Fact] // T1, R13
    public async Task Over_HTTP_2_a_pool_that_resets_no_stream_costs_the_connection()
    {
        Dictionary<string, string?> settings = Settings(abortGrace: "00:00:00.500");
        settings["Http2__Url"] = "http://127.0.0.1:0";
        await using DemoProcess demo = await DemoProcess.StartAsync(settings);
        using HttpClient client = new() { BaseAddress = demo.Addresses[^1] };

        Exception?[] told = await Task.WhenAll(Enumerable.Range(0, PoolThreads).Select(_ => FailureAsync(client, HttpVersion.Version20)));

        Assert.All(told, failure => Assert.IsAssignableFrom<HttpRequestException>(failure));
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

    private static Dictionary<string, string?> Settings(string abortGrace) => new()
    {
        ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = PoolThreads.ToString("x", System.Globalization.CultureInfo.InvariantCulture),
        ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = PoolThreads.ToString("x", System.Globalization.CultureInfo.InvariantCulture),
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
