using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Requests that are granted a permit, and to which the thread pool gets late.</summary>
public sealed class LateGrantTests
{
    private readonly TimeThatPasses _time = new();
    private readonly Turnstile _first = new();
    private int _executed; // Interlocked only

    [Theory] // rules 4.1 and 4.3: in the queue it yields 503, and nobody works for a client that has given up
    [InlineData("0")]
    [InlineData("1")]
    public async Task One_whose_time_is_over_by_then_is_not_executed(string attempt)
    {
        await using App app = await AppAsync();
        (Task<HttpResponseMessage> first, Task<HttpResponseMessage> second) = await EnterBothAsync(app, attempt);
        _time.WhenTakenBack(() => _time.Advance(TimeSpan.FromSeconds(2)));

        _first.Open();
        using HttpResponseMessage answer = await second;
        using HttpResponseMessage served = await first;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "queue-timeout", 0), (answer.StatusCode, answer.Reason(), Volatile.Read(ref _executed)));
        await app.IsIdleAsync();
        Assert.Equal((2, 1, 1), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed));
    }

    [Fact]
    public async Task One_that_has_time_left_is()
    {
        await using App app = await AppAsync();
        (Task<HttpResponseMessage> first, Task<HttpResponseMessage> second) = await EnterBothAsync(app, "0");
        _time.WhenTakenBack(() => _time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1)));

        _first.Open();
        using HttpResponseMessage answer = await second;
        using HttpResponseMessage served = await first;

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, Volatile.Read(ref _executed)));
        await app.IsIdleAsync();
        Assert.Equal((2, 2, 0), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed));
    }

    private Task<App> AppAsync() => App.StartAsync(new AppSetup
    {
        Time = _time,
        Options = AppSetup.Limited(1, 1),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/first", () => _first.PassAsync()).DisableRequestTimeout();
            endpoints.MapGet("/second", () => { Interlocked.Increment(ref _executed); });
        },
    });

    private async Task<(Task<HttpResponseMessage> First, Task<HttpResponseMessage> Second)> EnterBothAsync(App app, string attempt)
    {
        Task<HttpResponseMessage> first = await app.EnterAsync(_first, "/first");
        return (first, await app.QueueAsync("/second", headers: [("Request-Timeout-Ms", "1000"), ("Retry-Attempt", attempt)]));
    }
}
