using System.Collections.Concurrent;
using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Who matters more is served first, and takes the place of who matters less.</summary>
public sealed class CriticalityTests
{
    private readonly Turnstile _turnstile = new();
    private readonly ConcurrentQueue<string> _served = new();

    [Fact]
    public async Task A_waiting_sheddable_request_makes_place_for_a_normal_one()
    {
        await using App app = await AppAsync(queue: 1);
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/sheddable");

        Task<HttpResponseMessage> arriving = app.GetAsync("/normal");
        Assert.Same(waiting, await Task.WhenAny(waiting, arriving));
        using HttpResponseMessage displaced = await waiting;

        Assert.Equal("displaced", displaced.Reason());
        Assert.Equal("displaced", (await displaced.ProblemAsync()).GetProperty("reason").GetString());
        Assert.Equal("true", displaced.Header("X-Should-Retry"));
        Assert.InRange(displaced.RetryAfter(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));
        Assert.Equal((1L, 0L), (requests.Sum("rejected_displaced"), requests.Sum("rejected_queue_full")));
        Assert.Equal((1, 1L, 1L), (app.Policy().Queued, app.Policy().Shed, app.Policy().ShedByReason[ShedReason.Displaced]));

        _turnstile.Open();
        using HttpResponseMessage answer = await arriving;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["/normal"], _served);
    }

    [Theory]
    [InlineData("/sheddable", "/normal")]
    [InlineData("/sheddable", "/critical")]
    [InlineData("/normal", "/critical")]
    public async Task Who_waits_makes_place_for_whoever_matters_more(string waits, string comes)
    {
        await using App app = await AppAsync(queue: 1);
        Task<HttpResponseMessage> waiting = await app.QueueAsync(waits);

        Task<HttpResponseMessage> arriving = app.GetAsync(comes);
        Assert.Same(waiting, await Task.WhenAny(waiting, arriving));
        using HttpResponseMessage displaced = await waiting;
        _turnstile.Open();
        using HttpResponseMessage served = await arriving;

        Assert.Equal("displaced", displaced.Reason());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await app.IsIdleAsync();
        Assert.Equal((3L, 2L, 1L, 0L), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed, app.Policy().Cancelled));
    }

    [Theory]
    [InlineData("/sheddable", "/sheddable")]
    [InlineData("/normal", "/sheddable")]
    [InlineData("/normal", "/normal")]
    [InlineData("/critical", "/sheddable")]
    [InlineData("/critical", "/normal")]
    [InlineData("/critical", "/critical")]
    public async Task Who_waits_stays_when_somebody_comes_who_matters_no_more(string waits, string comes)
    {
        await using App app = await AppAsync(queue: 1);
        Task<HttpResponseMessage> waiting = await app.QueueAsync(waits);

        using HttpResponseMessage refused = await app.GetAsync(comes);
        _turnstile.Open();
        using HttpResponseMessage served = await waiting;

        Assert.Equal("queue-full", refused.Reason());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task Of_all_who_wait_the_one_who_matters_least_makes_place()
    {
        await using App app = await AppAsync(queue: 3);
        Task<HttpResponseMessage> critical = await app.QueueAsync("/critical");
        Task<HttpResponseMessage> sheddable = await app.QueueAsync("/sheddable");
        Task<HttpResponseMessage> normal = await app.QueueAsync("/normal");

        Task<HttpResponseMessage> arriving = app.GetAsync("/critical");

        Assert.Same(sheddable, await Task.WhenAny(critical, sheddable, normal, arriving));
        using HttpResponseMessage displaced = await sheddable;
        Assert.Equal("displaced", displaced.Reason());
        _turnstile.Open();
        Assert.All(await Task.WhenAll(critical, normal, arriving), static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_waiting_critical_request_is_served_before_a_normal_one_that_waits_longer()
    {
        await using App app = await AppAsync(queue: 2);
        Task<HttpResponseMessage> normal = await app.QueueAsync("/normal");
        Task<HttpResponseMessage> critical = await app.QueueAsync("/critical");

        _turnstile.Open();
        await Task.WhenAll(normal, critical);

        Assert.Equal(["/critical", "/normal"], _served);
    }

    [Fact]
    public async Task Who_matters_more_is_served_first_and_among_equals_who_waits_longest()
    {
        await using App app = await AppAsync(queue: 6);
        List<Task<HttpResponseMessage>> waiting = [];
        foreach (string path in (string[])["/sheddable?1", "/normal?1", "/critical?1", "/normal?2", "/sheddable?2", "/critical?2"])
        {
            waiting.Add(await app.QueueAsync(path));
        }

        _turnstile.Open();
        await Task.WhenAll(waiting);

        Assert.Equal(["/critical?1", "/critical?2", "/normal?1", "/normal?2", "/sheddable?1", "/sheddable?2"], _served);
    }

    [Fact]
    public async Task While_there_is_room_everybody_is_served()
    {
        await using App app = await App.StartAsync(new AppSetup { Endpoints = static endpoints => endpoints.MapGet("/", static () => "served").WithCriticality(Criticality.Sheddable) });

        Assert.Equal("served", await app.Client.GetStringAsync("/"));
    }

    /// <summary>An application whose only permit is taken.</summary>
    private async Task<App> AppAsync(int queue)
    {
        App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, queue),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/hold", () => _turnstile.PassAsync());
                endpoints.MapGet("/sheddable", Serve).WithCriticality(Criticality.Sheddable);
                endpoints.MapGet("/normal", Serve);
                endpoints.MapGet("/critical", Serve).WithCriticality(Criticality.Critical);
            },
        });
        _ = await app.EnterAsync(_turnstile, "/hold");
        return app;
    }

    private void Serve(HttpContext context) => _served.Enqueue(context.Request.Path + context.Request.QueryString);
}
