using System.Globalization;
using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Endpoints that say request by request what a request costs.</summary>
public sealed class CostFunctionTests
{
    private readonly Turnstile _turnstile = new();
    private int _asked; // Interlocked only

    [Fact]
    public async Task It_is_asked_once_for_each_request()
    {
        await using App app = await AppAsync(limit: 4);

        _ = await app.EnterAsync(_turnstile, "/?cost=3");
        _ = await app.EnterAsync(_turnstile, "/?cost=1");
        await Newcomer.IsRefusedAsync(app, _turnstile, "/?cost=1");

        Assert.Equal(3, _asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task Less_than_one_counts_as_one(int cost)
    {
        await using App app = await AppAsync(limit: 2);

        _ = await app.EnterAsync(_turnstile, $"/?cost={cost}");
        _ = await app.EnterAsync(_turnstile, $"/?cost={cost}");

        await Newcomer.IsRefusedAsync(app, _turnstile, $"/?cost={cost}");
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Theory] // C8
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task One_that_throws_is_an_error_of_the_server_that_costs_no_permit_and_counts_nothing(HttpProtocols sockets)
    {
        await using App app = await AppAsync(limit: 1, sockets);
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/throws");

            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Backpressure"));
        }

        Assert.Equal((0L, 0L, 0L, 0), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed, app.Policy().Active));
        Assert.Equal(0, requests.Sum());
        _turnstile.Open();
        using HttpResponseMessage served = await app.GetAsync("/?cost=1");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task One_of_an_exempt_endpoint_is_not_asked()
    {
        await using App app = await AppAsync(limit: 1);

        Assert.Equal("served", await app.Client.GetStringAsync("/exempt"));
    }

    private Task<App> AppAsync(int limit, HttpProtocols? sockets = null) => App.StartAsync(new AppSetup
    {
        Sockets = sockets,
        Options = AppSetup.Limited(limit, 0),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", () => _turnstile.PassAsync()).WithCost(context =>
            {
                Interlocked.Increment(ref _asked);
                return int.Parse(context.Request.Query["cost"]!, NumberStyles.Integer, CultureInfo.InvariantCulture);
            });
            endpoints.MapGet("/throws", static () => "served").WithCost(static _ => throw new FormatException("a stranger's bug"));
            endpoints.MapGet("/exempt", static () => "served").WithCost(static _ => throw new FormatException("a stranger's bug")).DisableBackpressure();
        },
    });
}
