using System.Globalization;
using System.Net;
using DemoApi.Tests.Hosting;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Starvation;

/// <summary>Handlers that block hold every thread of the pool, and ignore their tokens. Their clients are told all the same, and in time, by threads that are not the pool's.</summary>
[Collection(TimingSensitive.Name)]
public sealed class StarvedPoolTests(ITestOutputHelper output) : IDisposable
{
    private const int PoolThreads = 4;
    private const string Work = "/work?cpuMs=2500";
    private const string Warm = "/work?ioMs=100"; // together, so that HTTP/1.1 opens as many connections

    private static readonly TimeSpan HandlerTime = TimeSpan.FromSeconds(2.5); // of the processor, which a handler takes on one thread
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(100); // which a pool has to reset a stream of HTTP/2
    private static readonly TimeSpan Room = TimeSpan.FromMilliseconds(100); // for the way there and back, and what the client does
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10); // when the handlers begin
    private static readonly TimeSpan AllowedLateness = TimeSpan.FromMilliseconds(150); // of a bare thread beside the clients, whose own lateness they are given, too: a machine that is as late as that measures nothing

    private readonly ServerCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory] // T1, R13
    [InlineData("http")]
    [InlineData("https")] // an orderly end of TLS would need the pool
    public async Task Over_HTTP_1_1_each_connection_is_cut_after_the_grace_while_the_handlers_still_hold_the_pool(string scheme)
    {
        StarvedRun run = await RunAsync(Settings(abortGrace: "00:00:00.500"), HttpVersion.Version11, addresses => addresses.Single(address => address.Scheme == scheme), Deadline + Grace);

        Assert.Equal(PoolThreads, run.Metrics!.Value("backpressure_request_aborts_total", "backpressure_policy=\"default\"", "backpressure_abort_stage=\"connection\""));
        Assert.Single(run.Log, line => line.Contains("the thread pool is starved", StringComparison.Ordinal) && line.Contains("/work", StringComparison.Ordinal));
    }

    [Theory] // T1, R13
    [InlineData("http")]
    [InlineData("https")]
    public async Task Over_HTTP_2_a_pool_that_resets_no_stream_costs_the_connection(string scheme)
    {
        Dictionary<string, string?> settings = Settings(abortGrace: "00:00:00.500");
        settings["Http2__Url"] = "http://127.0.0.1:0";

        StarvedRun run = await RunAsync(settings, HttpVersion.Version20, addresses => addresses.Last(address => address.Scheme == scheme), Deadline + Grace + ResetTime);

        Assert.True(run.Metrics!.Value("backpressure_request_aborts_total", "backpressure_policy=\"default\"", "backpressure_abort_stage=\"connection_pool_starved\"") >= 1);
    }

    [Fact] // the control
    public async Task Without_a_grace_they_wait_until_the_handlers_are_done()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(Settings(abortGrace: "Infinite"));

        using HttpResponseMessage answer = await demo.Client.SendAsync(Request("/work?cpuMs=1500", HttpVersion.Version11, Deadline));

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    /// <summary>Starves a server, and judges when the clients are told that hold its pool.</summary>
    /// <param name="settings">Of the server.</param>
    /// <param name="version">What they speak.</param>
    /// <param name="addressOf">Whom of the server's addresses they speak to.</param>
    /// <param name="promised">When the server gives them up, from when their requests come.</param>
    private async Task<StarvedRun> RunAsync(Dictionary<string, string?> settings, Version version, Func<IReadOnlyList<Uri>, Uri> addressOf, TimeSpan promised)
    {
        StarvedRun run = await ValidRun.OfAsync(() => RunOnceAsync(settings, version, addressOf, promised), run => run.Lateness, AllowedLateness);
        Assert.All(run.Told, one => Assert.IsAssignableFrom<HttpRequestException>(one.Failure));
        Assert.All(run.Told, one => Assert.True(one.Busiest < HandlerTime, $"a thread had used {one.Busiest.TotalSeconds:F2} s when a client was told: its handler was done"));
        Assert.All(run.Told, one => Assert.InRange(one.After, Deadline + Grace, promised + Room + run.Lateness));
        return run;
    }

    private async Task<StarvedRun> RunOnceAsync(Dictionary<string, string?> settings, Version version, Func<IReadOnlyList<Uri>, Uri> addressOf, TimeSpan promised)
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(settings);
        using HttpClient client = _certificate.ClientFor(addressOf(demo.Addresses));
        foreach (HttpResponseMessage warm in await WhenAllAsync(() => client.SendAsync(Request(Warm, version))))
        {
            Assert.Equal(HttpStatusCode.OK, warm.StatusCode);
            warm.Dispose();
        }

        _ = BareThread.WaitingFor(Soon).Lateness; // everything is compiled
        BareThread bare = BareThread.WaitingFor(Soon, Deadline, Deadline + Grace, promised);
        ToldClient[] told = await WhenAllAsync(() => ToldAsync(demo, client, version));
        TimeSpan lateness = bare.Lateness;
        output.WriteLine($"told after {string.Join(", ", told.Select(one => $"{one.After.TotalMilliseconds:F1}"))} ms, a bare thread late by {lateness.TotalMilliseconds:F1} ms");
        MetricsText? metrics = lateness > AllowedLateness ? null : await MetricsText.ReadAsync(demo.Client); // answered when a thread is free again: the handlers are done then
        return new StarvedRun(told, lateness, metrics, demo.Output.Lines);
    }

    private static Task<T[]> WhenAllAsync<T>(Func<Task<T>> one) => Task.WhenAll(Enumerable.Range(0, PoolThreads).Select(_ => one()));

    /// <summary>Has a request end that has a second.</summary>
    private static async Task<ToldClient> ToldAsync(DemoProcess demo, HttpClient client, Version version)
    {
        long start = TimeProvider.System.GetTimestamp();
        Exception? failure = await FailureAsync(client, version);
        TimeSpan after = TimeProvider.System.GetElapsedTime(start);
        return new ToldClient(failure, after, ProcessThread.Of(demo.Id).Max(thread => thread.Processor));
    }

    /// <summary>HTTP/1.1 without TLS, and TLS. The server sorts endpoints by name, so that of HTTP/2 without TLS comes in between.</summary>
    private Dictionary<string, string?> Settings(string abortGrace) => new(_certificate.Settings())
    {
        ["Kestrel__Endpoints__Http1__Url"] = "http://127.0.0.1:0",
        ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = PoolThreads.ToString("x", CultureInfo.InvariantCulture),
        ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = PoolThreads.ToString("x", CultureInfo.InvariantCulture),
        ["Backpressure__Limit__Algorithm"] = "Fixed",
        ["Backpressure__Limit__Maximum"] = "100",
        ["Backpressure__Timeout__AbortGrace"] = abortGrace,
    };

    /// <summary>How a request ended that has a second; <see langword="null"/> if it was answered.</summary>
    private static async Task<Exception?> FailureAsync(HttpClient client, Version version)
    {
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(Request(Work, version, Deadline));
            return null;
        }
        catch (HttpRequestException failure)
        {
            return failure;
        }
    }

    private static HttpRequestMessage Request(string path, Version version, TimeSpan? deadline = null)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (deadline is { } given)
        {
            request.Headers.Add("Request-Timeout-Ms", given.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }
}
