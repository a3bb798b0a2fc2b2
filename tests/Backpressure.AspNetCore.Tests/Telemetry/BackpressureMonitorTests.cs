using Backpressure.AspNetCore.Tests.Hosting;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class BackpressureMonitorTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_snapshot_shows_the_default_policy_first_and_the_others_by_name()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options =>
            {
                options.Policies["writes"] = new();
                options.Policies["Alpha"] = new() { Limit = { LimiterFactory = static _ => new StrangersLimiter() } };
                options.Policies["zeta"] = new();
                options.Policies["beta"] = new();
            },
        });

        Assert.Equal(["default", "Alpha", "beta", "writes", "zeta"], app.Monitor.GetSnapshot().Policies.Select(policy => policy.Policy));
    }

    [Fact]
    public async Task A_snapshot_shows_everything_that_happened_by_reason()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();
        _ = await app.GetAsync("/");
        _ = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        BackpressureSnapshot snapshot = app.Monitor.GetSnapshot();

        BackpressurePolicySnapshot policy = Assert.Single(snapshot.Policies);
        Assert.Equal((BackpressureMode.Enforce, 1, 1), (snapshot.Mode, snapshot.Limit, snapshot.Active));
        Assert.Equal((1, 1, 0, 1), (policy.Limit, policy.Active, policy.Queued, policy.QueueCapacity));
        Assert.Equal((4L, 1L, 0L, 3L), (policy.Arrivals, policy.Admitted, policy.Cancelled, policy.Shed));
        Assert.Equal(Enum.GetValues<ShedReason>(), policy.ShedByReason.Keys.Order());
        Assert.Equal((1L, 1L, 1L), (policy.ShedByReason[ShedReason.QueueFull], policy.ShedByReason[ShedReason.QueueTimeout], policy.ShedByReason[ShedReason.DeadlineInfeasible]));
    }

    [Fact]
    public async Task Pressure_is_full_while_shedding_and_for_a_second_after_it()
    {
        await using App app = await App.StartAsync(AppSetup.Held(10, 0, _turnstile));
        Assert.Equal(0, app.Monitor.GetSnapshot().Pressure);

        _ = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));
        app.Time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Equal(1, app.Monitor.GetSnapshot().Pressure);

        app.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, app.Monitor.GetSnapshot().Pressure);
    }

    [Fact]
    public async Task Pressure_is_full_when_every_permit_is_in_use()
    {
        await using App app = await App.StartAsync(AppSetup.Held(2, 0, _turnstile));
        _ = await app.EnterAsync(_turnstile);
        Assert.Equal(0, app.Monitor.GetSnapshot().Pressure);

        _ = await app.EnterAsync(_turnstile);

        Assert.Equal(1, app.Monitor.GetSnapshot().Pressure);
    }
}
