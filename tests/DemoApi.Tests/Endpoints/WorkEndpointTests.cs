using System.Diagnostics;
using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class WorkEndpointTests
{
    private readonly HttpClient _client;

    public WorkEndpointTests(SharedDemo shared) => _client = shared.Client;

    [Fact]
    public async Task Work_takes_the_time_that_it_was_asked_to()
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _client.GetAsync("/work?cpuMs=30&ioMs=40&slots=2");
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"cpuMs":30,"ioMs":40,"slots":2}""", (await response.JsonAsync()).GetRawText());
        Assert.True(took >= TimeSpan.FromMilliseconds(65), $"{took}"); // timers of the runtime may be a few milliseconds early
    }

    [Theory]
    [InlineData("/work")]
    [InlineData("/work?cpuMs=&ioMs=&slots=")]
    public async Task Work_of_nothing_is_done_at_once(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);

        Assert.Equal("""{"cpuMs":0,"ioMs":0,"slots":null}""", (await response.JsonAsync()).GetRawText());
    }

    [Fact]
    public async Task One_slot_serves_one_after_the_other()
    {
        const int Requests = 4;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => _client.GetStringAsync("/work?ioMs=30&slots=1")));

        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(Requests * 28));
    }

    [Theory]
    [InlineData("cpuMs=-1", "cpuMs", "from 0 to 10000 (was '-1')")]
    [InlineData("cpuMs=10001", "cpuMs", "from 0 to 10000")]
    [InlineData("cpuMs=1.5", "cpuMs", "whole number")]
    [InlineData("ioMs=60001", "ioMs", "from 0 to 60000")]
    [InlineData("ioMs=abc", "ioMs", "(was 'abc')")]
    [InlineData("slots=0", "slots", "from 1 to 10000")]
    [InlineData("slots=10001", "slots", "from 1 to 10000")]
    [InlineData("cpuMs=x&ioMs=x&slots=x", "cpuMs, ioMs, slots", "slots must be")]
    public async Task A_parameter_that_breaks_its_rule_is_named_with_the_rule(string query, string input, string expected)
    {
        using HttpResponseMessage response = await _client.GetAsync($"/work?{query}");

        Assert.Contains(expected, await response.ProblemAsync(HttpStatusCode.BadRequest, input), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_different_slots_are_refused()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync();
        for (int slots = 1; slots <= 64; slots++)
        {
            await demo.Client.GetStringAsync($"/work?slots={slots}");
        }

        using HttpResponseMessage response = await demo.Client.GetAsync("/work?slots=65");

        Assert.Contains("64", await response.ProblemAsync(HttpStatusCode.BadRequest, "slots"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await demo.Client.GetAsync("/work?slots=64")).StatusCode);
    }

    [Fact]
    public async Task Waiting_ends_with_the_deadline_of_the_request()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/work?ioMs=60000");
        request.Headers.Add("Request-Timeout-Ms", "100");

        using HttpResponseMessage response = await _client.SendAsync(request);

        await response.ProblemAsync(HttpStatusCode.GatewayTimeout);
    }
}
