using System.Globalization;
using System.Net;
using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class ShedWriterTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_refusal_says_that_it_did_not_run_why_and_when_to_come_back()
    {
        await using App app = await FullAppAsync();

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
        JsonElement problem = await answer.ProblemAsync();
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal("queue-full", problem.GetProperty("reason").GetString());
        Assert.Contains("not executed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, _turnstile.Entered);
    }

    [Fact]
    public async Task The_seconds_of_a_refusal_hold_its_milliseconds_and_are_never_zero()
    {
        await using App app = await FullAppAsync(options => options.Shed.MinimumRetryAfter = TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/");

            int seconds = int.Parse(answer.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture);
            Assert.True(seconds >= 1);
            Assert.Equal(Math.Ceiling(answer.RetryAfter().TotalSeconds), seconds);
        }
    }

    [Fact]
    public async Task The_wait_stays_between_the_bounds_of_the_options()
    {
        await using App app = await FullAppAsync(options =>
        {
            options.Shed.MinimumRetryAfter = TimeSpan.FromSeconds(5);
            options.Shed.MaximumRetryAfter = TimeSpan.FromSeconds(6);
        });
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/");

            Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        }
    }

    [Fact] // C22
    public async Task The_refused_are_not_told_to_come_back_together()
    {
        await using App app = await FullAppAsync();
        HashSet<TimeSpan> waits = [];
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/");
            waits.Add(answer.RetryAfter());
        }

        Assert.True(waits.Count > 20, $"40 refusals asked for {waits.Count} different waits");
    }

    [Fact]
    public async Task A_refused_HEAD_has_the_headers_and_no_body()
    {
        await using App app = await FullAppAsync();

        using HttpResponseMessage answer = await app.SendAsync(HttpMethod.Head, "/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.True(answer.Content.Headers.ContentLength > 0);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_empty_refusal_has_the_headers_and_no_body()
    {
        await using App app = await FullAppAsync(options => options.Shed.Body = ShedBody.Empty);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.True(answer.RetryAfter() >= TimeSpan.FromSeconds(1));
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_refusal_has_the_status_that_the_options_say_in_its_line_and_in_its_body()
    {
        await using App app = await FullAppAsync(options => options.Shed.StatusCode = 429);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(429, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
        Assert.Equal("reason=queue-full", answer.Header("Backpressure"));
    }

    [Fact]
    public async Task CORS_before_the_middleware_lets_a_browser_read_the_refusal()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 0),
            Services = services => services.AddCors(),
            Pipeline = pipeline => pipeline.UseCors(policy => policy.WithOrigins("https://shop.example")).UseBackpressure(),
            Endpoints = endpoints => endpoints.MapGet("/", () => _turnstile.PassAsync()),
        });
        Task<HttpResponseMessage> holder = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Origin", "https://shop.example"));

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("https://shop.example", answer.Header("Access-Control-Allow-Origin"));
        _turnstile.Open();
        await holder;
    }

    [Fact]
    public async Task The_frameworks_own_request_metric_tells_the_refusal_apart()
    {
        await using App app = await FullAppAsync();
        using Readings<double> durations = new(app.Services, "http.server.request.duration", "Microsoft.AspNetCore.Hosting");

        using HttpResponseMessage answer = await app.GetAsync("/");

        await Eventually.HoldsAsync(() => durations.All.Count == 1);
        Assert.Equal("rejected_queue_full", Assert.Single(durations.All).Tags["backpressure.result"]);
    }

    /// <summary>An application whose only permit is taken and whose queue has no place.</summary>
    private async Task<App> FullAppAsync(Action<BackpressureOptions>? options = null)
    {
        App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile, options));
        _ = await app.EnterAsync(_turnstile);
        return app;
    }
}
