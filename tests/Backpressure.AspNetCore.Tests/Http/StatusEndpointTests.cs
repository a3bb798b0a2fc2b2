using System.Net;
using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class StatusEndpointTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task It_shows_limit_queue_and_counts_while_the_server_refuses_everybody_else()
    {
        await using App app = await AppAsync("Production", static status => status.AllowAnonymous());
        _ = await app.EnterAsync(_turnstile);
        _ = await app.QueueAsync();
        using HttpResponseMessage refused = await app.GetAsync("/");

        using HttpResponseMessage answer = await app.GetAsync("/backpressure", ("Request-Timeout-Ms", "0"));

        Assert.Equal("queue-full", refused.Reason());
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        JsonElement expected = JsonElement.Parse("""
            {
              "mode": "enforce", "limit": 1, "active": 1, "pressure": 1,
              "policies": [
                { "policy": "default", "limit": 1, "active": 1, "queued": 1, "queueCapacity": 1, "arrivals": 3, "admitted": 1, "cancelled": 0, "shed": 1,
                  "shedByReason": { "queue-full": 1, "queue-timeout": 0, "deadline-infeasible": 0, "retry-budget": 0, "displaced": 0, "draining": 0 }, "retryTickets": { "granted": 1, "denied": 0 } },
                { "policy": "plugged", "limit": null, "active": 0, "queued": 0, "queueCapacity": null, "arrivals": 0, "admitted": 0, "cancelled": 0, "shed": 0,
                  "shedByReason": { "queue-full": 0, "queue-timeout": 0, "deadline-infeasible": 0, "retry-budget": 0, "displaced": 0, "draining": 0 }, "retryTickets": { "granted": 0, "denied": 0 } },
                { "policy": "reads", "limit": null, "active": 0, "queued": 0, "queueCapacity": 1, "arrivals": 0, "admitted": 0, "cancelled": 0, "shed": 0,
                  "shedByReason": { "queue-full": 0, "queue-timeout": 0, "deadline-infeasible": 0, "retry-budget": 0, "displaced": 0, "draining": 0 }, "retryTickets": { "granted": 0, "denied": 0 } }
              ]
            }
            """);
        Assert.True(JsonElement.DeepEquals(expected, JsonElement.Parse(await answer.Content.ReadAsStringAsync())));
    }

    [Fact]
    public async Task It_shows_what_an_adaptive_limit_knows_which_is_nothing_at_first()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Environment = "Development",
            Options = options => options.Limit.Initial = 20,
            Endpoints = endpoints => endpoints.MapBackpressureStatus("/backpressure"),
        });

        JsonElement policy = JsonElement.Parse(await app.Client.GetStringAsync("/backpressure")).GetProperty("policies")[0];

        Assert.Equal(20, policy.GetProperty("limit").GetInt32());
        double strain = policy.GetProperty("adaptive").GetProperty("strain").GetDouble(); // of this machine, if a second has passed
        Assert.InRange(strain, 0, 1);
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse(FormattableString.Invariant($$"""{ "elasticity": null, "uncertainty": 1, "strain": {{strain}}, "moves": [] }""")), policy.GetProperty("adaptive")));
    }

    [Fact]
    public async Task Asking_changes_nothing()
    {
        await using App app = await AppAsync("Development");
        for (int i = 0; i < 3; i++)
        {
            await app.Client.GetStringAsync("/backpressure");
        }

        Assert.Equal(0, app.Monitor.GetSnapshot().Policies.Sum(policy => policy.Arrivals));
    }

    [Fact]
    public async Task In_development_it_answers_everybody()
    {
        await using App app = await AppAsync("Development");

        using HttpResponseMessage answer = await app.GetAsync("/backpressure");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Elsewhere_it_is_not_there_unless_the_application_says_who_may_ask(string environment)
    {
        await using App app = await AppAsync(environment);

        using HttpResponseMessage answer = await app.GetAsync("/backpressure");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task With_authorization_a_stranger_is_not_answered()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Services = services => services.AddAuthorization().AddAuthentication("None").AddCookie("None"),
            Pipeline = static pipeline => pipeline.UseBackpressure().UseAuthentication().UseAuthorization(),
            Endpoints = static endpoints => endpoints.MapBackpressureStatus("/backpressure").RequireAuthorization(),
        });

        using HttpResponseMessage answer = await app.GetAsync("/backpressure");

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task HEAD_is_answered_without_a_body()
    {
        await using App app = await AppAsync("Development");

        using HttpResponseMessage answer = await app.SendAsync(HttpMethod.Head, "/backpressure");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task It_is_read_only()
    {
        await using App app = await AppAsync("Development");

        using HttpResponseMessage answer = await app.SendAsync(HttpMethod.Post, "/backpressure");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    private Task<App> AppAsync(string environment, Action<IEndpointConventionBuilder>? status = null) => App.StartAsync(new AppSetup
    {
        Environment = environment,
        Options = AppSetup.Limited(1, 1) + (options =>
        {
            options.Policies["reads"] = new();
            options.Policies["plugged"] = new() { Limit = { LimiterFactory = static _ => new StrangersLimiter() } };
        }),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", () => _turnstile.PassAsync());
            IEndpointConventionBuilder page = endpoints.MapBackpressureStatus("/backpressure");
            status?.Invoke(page);
        },
    });
}
