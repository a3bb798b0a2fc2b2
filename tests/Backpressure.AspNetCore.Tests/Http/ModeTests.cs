using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class ModeTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task Off_lets_everybody_pass_untouched_and_uncounted()
    {
        await using App app = await App.StartAsync(Setup(AppSetup.Limited(1, 0) + (options => options.Mode = BackpressureMode.Off)));
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        Task<HttpResponseMessage>[] all = [app.GetAsync("/"), app.GetAsync("/"), app.GetAsync("/", ("Request-Timeout-Ms", "0"))];
        await Eventually.HoldsAsync(() => _turnstile.Inside == 3);

        app.Time.Advance(TimeSpan.FromDays(1));
        _turnstile.Open();

        Assert.All(await Task.WhenAll(all), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal("untouched", await (await all[0]).Content.ReadAsStringAsync());
        Assert.Equal((0L, 0), (app.Policy().Arrivals, app.Policy().Active));
        Assert.Equal(0, requests.Sum());
        Assert.Equal(BackpressureMode.Off, app.Monitor.GetSnapshot().Mode);
    }

    [Fact]
    public async Task One_policy_may_be_off()
    {
        await using App app = await App.StartAsync(Setup(AppSetup.Limited(1, 0) + (options => options.Policies["free"] = new() { Mode = BackpressureMode.Off })));
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage governed = await app.GetAsync("/");
        _ = await app.EnterAsync(_turnstile, "/free");

        Assert.Equal("queue-full", governed.Reason());
        Assert.Equal(0, app.Policy("free").Arrivals);
    }

    [Fact]
    public async Task One_policy_may_act_while_the_others_are_off()
    {
        await using App app = await App.StartAsync(Setup(options =>
        {
            options.Mode = BackpressureMode.Off;
            options.Policies["free"] = new() { Mode = BackpressureMode.Enforce, Limit = { Maximum = 1 }, Queue = { Capacity = 0 } };
        }));
        _ = await app.EnterAsync(_turnstile, "/free");

        using HttpResponseMessage refused = await app.GetAsync("/free");
        _ = await app.EnterAsync(_turnstile);

        Assert.Equal("queue-full", refused.Reason());
        Assert.Equal(0, app.Policy().Arrivals);
    }

    [Fact]
    public async Task DryRun_is_refused_at_start_for_the_server_and_for_a_policy()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => App.StartAsync(Setup(options =>
        {
            options.Mode = BackpressureMode.DryRun;
            options.Policies["free"] = new() { Mode = BackpressureMode.DryRun };
        })));

        Assert.Contains(error.Failures, failure => failure.StartsWith("Backpressure:Mode must be Enforce or Off (was 'DryRun')", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Backpressure:Policies:free:Mode must be Enforce or Off", StringComparison.Ordinal));
    }

    [Fact] // C21
    public async Task An_endpoint_that_is_taken_out_answers_in_the_middle_of_a_flood()
    {
        await using App app = await App.StartAsync(Setup(AppSetup.Limited(1, 0)));
        _ = await app.EnterAsync(_turnstile);
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage refused = await app.GetAsync("/");
            using HttpResponseMessage healthy = await app.GetAsync("/health", ("Request-Timeout-Ms", "0"));

            Assert.Equal("queue-full", refused.Reason());
            Assert.Equal("untouched", await healthy.Content.ReadAsStringAsync());
        }

        Assert.Equal(21, app.Policy().Arrivals);
    }

    private static string Touched(HttpContext context) =>
        context.Features.Get<IBackpressureFeature>() is null && !context.RequestAborted.IsCancellationRequested ? "untouched" : "touched";

    private AppSetup Setup(Action<BackpressureOptions> options) => new()
    {
        Options = options + (o => o.Policies.TryAdd("free", new())),
        Endpoints = endpoints =>
        {
            Func<HttpContext, Task<string>> held = async context =>
            {
                await _turnstile.PassAsync();
                return Touched(context);
            };
            endpoints.MapGet("/", held);
            endpoints.MapGet("/free", held).RequireBackpressure("free");
            endpoints.MapGet("/health", Touched).DisableBackpressure();
        },
    };
}
