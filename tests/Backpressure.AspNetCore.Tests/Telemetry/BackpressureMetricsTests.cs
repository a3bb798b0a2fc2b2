using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class BackpressureMetricsTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task Every_series_exists_at_zero_before_anything_happens()
    {
        List<Readings<long>> counters = [];
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = options => options.Policies["reads"] = new(),
            BeforeStart = services => counters.AddRange(
                new[] { "backpressure.requests", "backpressure.request.timeouts", "backpressure.deadlines", "backpressure.retry_budget.retries" }.Select(name => new Readings<long>(services, name))),
        });

        Assert.Equal([16, 4, 4, 4], counters.Select(counter => counter.All.Count));
        Assert.All(counters, counter => Assert.All(counter.All, measured => Assert.Equal(0, measured.Value)));
        Assert.Equal([8, 2, 2, 2], counters.Select(counter => counter.With("reads").Count()));
        counters.ForEach(counter => counter.Dispose());
    }

    [Fact]
    public async Task Moves_of_each_adaptive_limit_exist_at_zero_for_every_reason_and_a_fixed_one_has_none()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = options =>
            {
                options.Policies["fixed"] = new() { Limit = { Maximum = 3 } };
                options.Policies["own"] = new() { Limit = { Algorithm = LimitAlgorithm.Adaptive, Maximum = 30 } };
                options.Policies["plain"] = new();
            },
        });

        using Readings<long> moves = new(app.Services, "backpressure.concurrency.limit.adjustments");
        moves.Scrape();

        Assert.All(moves.All, measured => Assert.Equal(0, measured.Value));
        Assert.Equal(
            [.. LimitReasonText.All.Select(LimitReasonText.Of).Order()],
            moves.All.Where(moved => (string?)moved.Tags[BackpressureMetrics.PolicyTag] == "default").Select(moved => (string?)moved.Tags[BackpressureMetrics.ReasonTag]).Order());
        Assert.Equal(LimitReasonText.All.Length, moves.With("own").Count());
        Assert.Equal(2 * LimitReasonText.All.Length, moves.All.Count);
    }

    [Fact]
    public async Task Levels_show_each_policy_as_it_stands()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 5) + (options =>
            {
                options.Policies["capped"] = new() { Limit = { Maximum = 3 }, Queue = { Capacity = 7 } };
                options.Policies["plain"] = new();
                options.Policies["own"] = new() { Limit = { LimiterFactory = static _ => new StrangersLimiter() } };
            }),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/capped", () => _turnstile.PassAsync()).RequireBackpressure("capped");
            },
        });
        using Readings<int> active = new(app.Services, "backpressure.active_requests");
        using Readings<int> queued = new(app.Services, "backpressure.queued_requests");
        using Readings<int> limit = new(app.Services, "backpressure.concurrency.limit");
        using Readings<int> capacity = new(app.Services, "backpressure.queue.limit");
        _ = await app.EnterAsync(_turnstile);
        _ = await app.QueueAsync();
        _ = await app.QueueAsync("/capped", "capped");

        Assert.Equal([("capped", 0), ("default", 1), ("own", 0), ("plain", 0)], ByPolicy(active));
        Assert.Equal([("capped", 1), ("default", 1), ("own", 0), ("plain", 0)], ByPolicy(queued));
        Assert.Equal([("capped", 3), ("default", 1)], ByPolicy(limit));
        Assert.Equal([("capped", 7), ("default", 5), ("plain", 5)], ByPolicy(capacity));
        _turnstile.Open();
        await app.IsIdleAsync();
        Assert.Equal([("capped", 0), ("default", 0), ("own", 0), ("plain", 0)], ByPolicy(active));
        Assert.Equal([("capped", 0), ("default", 0), ("own", 0), ("plain", 0)], ByPolicy(queued));
    }

    [Fact]
    public async Task Time_in_the_queue_is_told_of_those_that_waited_and_of_no_others()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile));
        using Readings<double> waits = new(app.Services, "backpressure.request.time_in_queue");
        Task<HttpResponseMessage> first = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> expiring = await app.QueueAsync();
        _ = await app.GetAsync("/");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await expiring;
        Task<HttpResponseMessage> served = await app.QueueAsync();

        app.Time.Advance(TimeSpan.FromSeconds(0.25));
        _turnstile.Open();
        await Task.WhenAll(first, served);

        Assert.Equal([1.0], waits.With("rejected_queue_timeout", "default"));
        Assert.Equal([0.25], waits.With("admitted", "default"));
        Assert.Equal(2, waits.All.Count);
    }

    [Fact]
    public async Task Duration_is_from_arrival_to_the_end_of_the_handler_and_of_admitted_requests_only()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile));
        using Readings<double> durations = new(app.Services, "backpressure.request.duration");
        Task<HttpResponseMessage> first = await app.EnterAsync(_turnstile);
        app.Time.Advance(TimeSpan.FromSeconds(2));
        Task<HttpResponseMessage> second = await app.QueueAsync();
        _ = await app.GetAsync("/");
        app.Time.Advance(TimeSpan.FromSeconds(0.5));

        _turnstile.Open();
        await Task.WhenAll(first, second);
        await app.IsIdleAsync();

        await Eventually.HoldsAsync(() => durations.All.Count == 2);
        Assert.Equal([0.5, 2.5], durations.With("default").Order());
    }

    [Fact]
    public async Task Deadlines_are_met_or_missed_and_each_miss_is_a_timeout_in_its_phase()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 1) + (options => options.Queue.MaximumWait = Timeout.InfiniteTimeSpan),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", static () => "served");
                endpoints.MapGet("/timeless", static () => "served").DisableRequestTimeout();
                endpoints.MapGet("/held", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted));
            },
        });
        using Readings<long> deadlines = new(app.Services, "backpressure.deadlines");
        using Readings<long> timeouts = new(app.Services, "backpressure.request.timeouts");
        await app.Client.GetStringAsync("/");
        await app.Client.GetStringAsync("/timeless");
        _ = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, "/held");
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/", "default", ("Request-Timeout-Ms", "9000"));

        app.Time.Advance(TimeSpan.FromSeconds(9));
        await waiting;
        app.Time.Advance(TimeSpan.FromSeconds(21)); // the very instant of the deadline, not later
        await running;

        await Eventually.HoldsAsync(() => deadlines.All.Count == 2);
        Assert.Equal((1L, 1L), (deadlines.Sum("met"), deadlines.Sum("missed")));
        Assert.Equal((2L, 1L), (timeouts.Sum("queue"), timeouts.Sum("execution")));
    }

    [Fact]
    public async Task Retries_are_counted_as_accepted_or_rejected()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile));
        using Readings<long> retries = new(app.Services, "backpressure.retry_budget.retries");
        _ = app.GetAsync("/", ("Retry-Attempt", "1"));
        await _turnstile.ArrivalAsync();
        _ = await app.GetAsync("/", ("Retry-Attempt", "1"));
        _ = await app.GetAsync("/", ("Retry-Attempt", "2"));
        _ = await app.GetAsync("/");

        Assert.Equal((1L, 2L), (retries.Sum("accepted", "default"), retries.Sum("rejected", "default")));
    }

    [Fact]
    public async Task Nothing_is_counted_for_an_endpoint_that_is_taken_out()
    {
        await using App app = await App.StartAsync(new AppSetup { Endpoints = static endpoints => endpoints.MapGet("/", static () => "served").DisableBackpressure() });
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        using Readings<double> durations = new(app.Services, "backpressure.request.duration");

        await app.Client.GetStringAsync("/");

        Assert.Empty(requests.All);
        Assert.Empty(durations.All);
    }

    [Fact] // C20
    public async Task Whatever_strangers_send_the_series_stay_the_same()
    {
        await using App app = await App.StartAsync(new AppSetup());
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        for (int i = 0; i < 50; i++)
        {
            _ = await app.GetAsync($"/{Guid.NewGuid()}?tenant={i}", ("Retry-Attempt", $"x{i}"), ("X-Tenant", $"{i}"), ("User-Agent", $"agent {i}"));
        }

        Assert.Single(requests.All.Select(measured => string.Join(',', measured.Tags.OrderBy(tag => tag.Key))).Distinct());
    }

    private static IEnumerable<(string, int)> ByPolicy(Readings<int> readings) =>
        readings.Scrape().All.Select(measured => ((string)measured.Tags["backpressure.policy"]!, measured.Value)).Order();
}
