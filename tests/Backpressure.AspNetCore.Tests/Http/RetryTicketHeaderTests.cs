using System.Net;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What every refusal says of trying again: <c>X-Should-Retry</c>, and to Envoy what it understands.</summary>
public sealed class RetryTicketHeaderTests
{
    private const string Envoy = "x-envoy-ratelimited";

    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_full_queue_hands_out_the_tickets_that_there_are_and_no_more()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.RetryBudget.MinimumPerSecond = 0);

        List<string> said = [];
        for (int i = 0; i < 29; i++) // and the one that runs: 30 first attempts came
        {
            using HttpResponseMessage answer = await app.GetAsync("/");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32)); // with a ticket and without
            said.Add(answer.Header("X-Should-Retry"));
        }

        Assert.Equal([8, 18, 28], said.Select(static (word, i) => word == "true" ? i : -1).Where(static i => i >= 0)); // the tenth that came, the twentieth, the thirtieth
        Assert.Equal(26, said.Count(static word => word == "false"));
        Assert.Equal((3, 26), (app.Policy().RetryTicketsGranted, app.Policy().RetryTicketsDenied));
    }

    [Fact]
    public async Task The_window_goes_on()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.RetryBudget.MinimumPerSecond = 0.1);

        Assert.Equal("true", await AskAsync(app));
        Assert.Equal("false", await AskAsync(app));
        app.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal("true", await AskAsync(app));
        Assert.Equal("false", await AskAsync(app));
    }

    [Fact]
    public async Task Retries_earn_no_tickets_and_may_get_one()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile, static options =>
        {
            options.RetryBudget.Ratio = 1;
            options.RetryBudget.MinimumPerSecond = 0;
        }));
        _ = await app.EnterAsync(_turnstile);

        Assert.Equal("true", await AskAsync(app, ("Retry-Attempt", "1"))); // its budget is that of the one that runs, and so is its ticket
        Assert.Equal("false", await AskAsync(app, ("Retry-Attempt", "1")));
        Assert.Equal("true", await AskAsync(app));
    }

    [Fact]
    public async Task Each_policy_has_tickets_of_its_own()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 0) + (static options =>
            {
                options.RetryBudget.MinimumPerSecond = 0.1;
                options.Policies["reads"] = new();
            }),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/reads", static () => "served").RequireBackpressure("reads");
            },
        });
        _ = await app.EnterAsync(_turnstile);

        Assert.Equal(("true", "false"), (await AskAsync(app), await AskAsync(app)));
        Assert.Equal(("true", "false"), (await AskAsync(app, "/reads"), await AskAsync(app, "/reads")));
    }

    [Fact]
    public async Task A_limiter_of_the_application_hands_out_tickets_too()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options =>
            {
                options.Limit.LimiterFactory = static _ => new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 });
                options.RetryBudget.Ratio = 0.5;
                options.RetryBudget.MinimumPerSecond = 0;
            },
            Endpoints = endpoints => endpoints.MapGet("/", () => _turnstile.PassAsync()),
        });
        _ = await app.EnterAsync(_turnstile);

        Assert.Equal(["true", "false", "true", "false"], [await AskAsync(app), await AskAsync(app), await AskAsync(app), await AskAsync(app)]);
    }

    [Theory]
    [InlineData(true, 0, true)]
    [InlineData(true, 1, false)]
    [InlineData(false, 0, false)]
    [InlineData(false, 1, false)]
    public async Task Envoy_is_told_where_there_is_no_ticket_if_the_options_want_that(bool emits, double perSecond, bool told)
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, options =>
        {
            options.Headers.EmitEnvoy = emits;
            options.RetryBudget.MinimumPerSecond = perSecond;
        });

        using HttpResponseMessage answer = await app.GetAsync("/");
        using HttpResponseMessage call = await GrpcCall.SendAsync(app);

        Assert.Equal(told ? ["true"] : [], answer.Headers.NonValidated.TryGetValues(Envoy, out var values) ? [.. values] : Array.Empty<string>());
        Assert.Equal(told, call.Headers.Contains(Envoy));
    }

    [Fact]
    public async Task What_is_served_says_nothing_to_Envoy()
    {
        await using App app = await App.StartAsync(new AppSetup { Options = static options => options.Headers.EmitEnvoy = true });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.False(answer.Headers.Contains(Envoy) || answer.Headers.Contains("X-Should-Retry"));
    }

    [Fact]
    public async Task OnShed_finds_the_decision_on_the_response()
    {
        string? seen = null;
        await using App app = await FullApp.StartAsync(_turnstile, null, options => options.Shed.OnShed = shed =>
        {
            seen = shed.HttpContext.Response.Headers["X-Should-Retry"];
            return ValueTask.CompletedTask;
        });

        Assert.Equal("true", await AskAsync(app));
        Assert.Equal("true", seen);
    }

    [Fact]
    public async Task The_meter_counts_what_was_said()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.RetryBudget.MinimumPerSecond = 0.2);
        using Readings<long> tickets = new(app.Services, "backpressure.retry.tickets");
        for (int i = 0; i < 5; i++)
        {
            await AskAsync(app);
        }

        await AskAsync(app, ("Request-Timeout-Ms", "0"));

        tickets.Scrape();
        Assert.Equal((2, 4), (tickets.Sum("granted", "default"), tickets.Sum("denied", "default")));
    }

    private static Task<string> AskAsync(App app, params (string Name, string Value)[] headers) => AskAsync(app, "/", headers);

    private static async Task<string> AskAsync(App app, string path, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage answer = await app.GetAsync(path, headers);
        return answer.Header("X-Should-Retry");
    }
}
