using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What a handler learns of its own admission.</summary>
public sealed class GovernedRequestTests
{
    private readonly Turnstile _turnstile = new();
    private IBackpressureFeature? _feature;

    [Fact]
    public async Task A_request_that_was_let_in_at_once_learns_its_policy_its_attempt_and_what_is_left_of_its_time()
    {
        await using App app = await AppAsync(AppSetup.Limited(100, 0));

        await app.GetAsync("/look", ("Retry-Attempt", "2"));

        Assert.NotNull(_feature);
        Assert.Equal(("default", 2, TimeSpan.Zero), (_feature.Policy, _feature.Attempt, _feature.TimeInQueue));
        Assert.Equal(TimeSpan.FromSeconds(30), _feature.Remaining);
        Assert.Equal((Criticality.Normal, false), (_feature.Criticality, _feature.WouldShed));
        Assert.Equal(0, _feature.Pressure);
    }

    [Fact]
    public async Task A_request_that_waited_learns_how_long()
    {
        await using App app = await AppAsync(AppSetup.Limited(1, 1));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/look");

        app.Time.Advance(TimeSpan.FromMilliseconds(700));
        _turnstile.Open();
        await waiting;

        Assert.Equal(TimeSpan.FromMilliseconds(700), _feature?.TimeInQueue);
        Assert.Equal(TimeSpan.FromMilliseconds(29_300), _feature?.Remaining);
    }

    [Fact]
    public async Task What_is_left_shrinks_with_time_and_is_never_negative()
    {
        await using App app = await AppAsync(AppSetup.Limited(100, 0));
        await app.GetAsync("/look");

        app.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(TimeSpan.FromSeconds(18), _feature?.Remaining);

        app.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, _feature?.Remaining);
    }

    [Fact]
    public async Task Pressure_rises_when_the_limit_is_nearly_in_use()
    {
        await using App app = await AppAsync(AppSetup.Limited(10, 0));
        List<double> pressures = [];
        for (int held = 0; held < 10; held++)
        {
            await app.GetAsync("/look"); // the permit of the request that looks counts, too
            pressures.Add(await PressureInsideAsync(app));
            _ = await app.EnterAsync(_turnstile);
        }

        Assert.All(pressures.Take(8), pressure => Assert.Equal(0, pressure));
        Assert.Equal(0.5, pressures[8], 6);
        Assert.Equal(1, pressures[9]);
    }

    [Fact]
    public async Task Pressure_is_full_for_a_second_after_a_refusal()
    {
        await using App app = await AppAsync(AppSetup.Limited(10, 0));
        await app.GetAsync("/look", ("Request-Timeout-Ms", "0"));

        Assert.Equal(1, await PressureInsideAsync(app));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await PressureInsideAsync(app));
    }

    [Fact]
    public async Task A_caller_with_its_own_timeout_and_a_named_policy_sees_both()
    {
        await using App app = await AppAsync(options => options.Policies["reads"] = new());

        await app.GetAsync("/reads", ("Request-Timeout-Ms", "2500"));

        Assert.Equal("reads", _feature?.Policy);
        Assert.Equal(TimeSpan.FromMilliseconds(2500), _feature?.Remaining);
    }

    [Fact]
    public async Task An_application_may_replace_the_feature_and_is_governed_as_ever()
    {
        await using App app = await AppAsync(AppSetup.Limited(1, 0));
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, "/replaced");

        app.Time.Advance(TimeSpan.FromSeconds(30));
        using HttpResponseMessage answer = await running;

        Assert.Equal(System.Net.HttpStatusCode.GatewayTimeout, answer.StatusCode);
        await app.IsIdleAsync();
    }

    private static async Task<double> PressureInsideAsync(App app) =>
        double.Parse(await app.Client.GetStringAsync("/pressure"), System.Globalization.CultureInfo.InvariantCulture);

    private Task<App> AppAsync(Action<BackpressureOptions> options) => App.StartAsync(new AppSetup
    {
        Options = options + (o => o.Policies.TryAdd("reads", new())),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", () => _turnstile.PassAsync());
            endpoints.MapGet("/look", Look);
            endpoints.MapGet("/replaced", async (HttpContext context) =>
            {
                context.Features.Set<IBackpressureFeature>(new Own());
                await Task.WhenAny(_turnstile.PassAsync(context.RequestAborted)); // swallows its token
            });
            endpoints.MapGet("/reads", Look).RequireBackpressure("reads");
            endpoints.MapGet("/pressure", (HttpContext context) => context.Features.Get<IBackpressureFeature>()!.Pressure.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        },
    });

    private void Look(HttpContext context) => _feature = context.Features.Get<IBackpressureFeature>();

    private sealed class Own : IBackpressureFeature
    {
        public string Policy => "own";

        public Criticality Criticality => Criticality.Normal;

        public int Attempt => 0;

        public TimeSpan TimeInQueue => TimeSpan.Zero;

        public TimeSpan? Remaining => null;

        public double Pressure => 0;

        public bool WouldShed => false;
    }
}
