using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What a server says of itself, to trusted peers and to others.</summary>
public sealed class BackpressureFieldTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public void What_was_written_is_kept_until_the_server_stands_otherwise()
    {
        BackpressureField field = new();
        string first = field.Of(ShedReason.QueueFull, 0.1, 1);

        Assert.Equal("reason=queue-full, retry=0.1, load=1.0", first);
        Assert.Same(first, field.Of(ShedReason.QueueFull, 0.1004, 1.0004));
        Assert.Equal("reason=displaced, retry=0.1, load=1.0", field.Of(ShedReason.Displaced, 0.1, 1));
        Assert.Equal("retry=0.1, load=1.0", field.Of(reason: null, 0.1, 1));
        Assert.Same(first, field.Of(ShedReason.QueueFull, 0.1, 1));
        Assert.Equal("reason=queue-full, retry=0.05, load=1.0", field.Of(ShedReason.QueueFull, 0.05, 1));
        Assert.Equal("reason=queue-full, retry=0.05, load=1.25", field.Of(ShedReason.QueueFull, 0.05, 1.25));
        Assert.Equal("reason=queue-full, retry=0.05", field.Of(ShedReason.QueueFull, 0.05, load: null));
    }

    [Fact]
    public async Task A_stranger_is_told_the_reason_alone_and_nothing_when_served()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile, static options => options.Headers.TrustedNetworks.Add("10.0.0.0/8")));
        Task<HttpResponseMessage> first = await app.EnterAsync(_turnstile);
        using HttpResponseMessage refused = await app.GetAsync("/");
        _turnstile.Open();
        using HttpResponseMessage served = await first;

        Assert.Equal("reason=queue-full", refused.Header("Backpressure"));
        Assert.False(served.Headers.Contains("Backpressure"));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_trusted_peer_is_told_how_the_server_stands_when_refused_and_when_served(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = protocol,
            Options = AppSetup.Limited(4, 0) + (static options => options.Headers.TrustedNetworks.Add("127.0.0.1/32")),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/quick", static () => "served");
            },
        });
        using (HttpResponseMessage served = await app.GetAsync("/quick"))
        {
            Assert.Equal("retry=0.1, load=0.25", served.Header("Backpressure"));
        }

        await app.IsIdleAsync();
        for (int i = 0; i < 4; i++)
        {
            _ = await app.EnterAsync(_turnstile);
        }

        using HttpResponseMessage refused = await app.GetAsync("/quick");

        Assert.Equal("reason=queue-full, retry=0.1, load=1.0", refused.Header("Backpressure"));
    }

    [Fact]
    public async Task A_spent_budget_accepts_what_refills_it()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile, static options =>
        {
            options.Headers.IsTrusted = static _ => true;
            options.RetryBudget.MinimumPerSecond = 0;
        }));
        _ = await app.EnterAsync(_turnstile);
        HttpResponseMessage last = null!;
        for (int i = 0; i < 9; i++)
        {
            last = await app.GetAsync("/");
        }

        Assert.Equal("reason=queue-full, retry=0.01, load=1.0", last.Header("Backpressure")); // one in ten was admitted, and each earns a tenth
    }

    [Fact]
    public async Task A_limiter_of_the_application_does_not_tell_its_load()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options =>
            {
                options.Headers.IsTrusted = static _ => true;
                options.Limit.LimiterFactory = static _ => new System.Threading.RateLimiting.ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 0 });
            },
            Endpoints = static endpoints => endpoints.MapGet("/", static () => "served"),
        });

        using HttpResponseMessage served = await app.GetAsync("/");

        Assert.Equal("retry=0.1", served.Header("Backpressure"));
    }

    [Fact]
    public async Task What_a_handler_relays_gives_way_to_what_this_server_says()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(2, 0) + (static options => options.Headers.IsTrusted = static _ => true),
            Endpoints = static endpoints => endpoints.MapGet("/", static (HttpContext context) =>
            {
                context.Response.StatusCode = 503;
                context.Response.Headers["Backpressure"] = "reason=queue-full, retry=1.0";
                context.Response.Headers["X-Should-Retry"] = "true";
                return context.Response.WriteAsync("relayed");
            }),
        });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("retry=0.1, load=0.5", answer.Header("Backpressure"));
        Assert.False(answer.Headers.Contains("X-Should-Retry"));
    }
}
