using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Endpoints whose requests take more than one permit.</summary>
public sealed class CostTests
{
    private const int Limit = 4;

    private readonly Turnstile _heavy = new();
    private readonly Turnstile _light = new();

    [Theory]
    [InlineData(Limit)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public async Task While_a_request_that_costs_the_limit_or_more_runs_nobody_else_does(int cost)
    {
        await using App app = await AppAsync(cost, queue: 1);

        Task<HttpResponseMessage> heavy = await app.EnterAsync(_heavy, "/heavy");
        Task<HttpResponseMessage> light = await Newcomer.WaitsAsync(app, _light, "/light");
        _heavy.Open();
        _light.Open();

        Assert.All(await Task.WhenAll(heavy, light), static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Theory]
    [InlineData(Limit)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public async Task While_anybody_runs_a_request_that_costs_the_limit_or_more_waits(int cost)
    {
        await using App app = await AppAsync(cost, queue: 1);
        _ = await app.EnterAsync(_light, "/light");

        _ = await Newcomer.WaitsAsync(app, _heavy, "/heavy");
        _light.Open();
        await _heavy.ArrivalAsync();

        Assert.Equal(0, _light.Inside);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(Limit)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public async Task It_gives_back_all_that_it_took_and_no_more(int cost)
    {
        await using App app = await AppAsync(cost, queue: 0);
        _heavy.Open();
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/heavy");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await app.IsIdleAsync();
        }

        for (int i = 0; i < Limit; i++)
        {
            _ = await app.EnterAsync(_light, "/light");
        }

        await Newcomer.IsRefusedAsync(app, _light, "/light");
    }

    [Fact]
    public async Task Beside_a_request_that_costs_three_of_four_one_more_runs()
    {
        await using App app = await AppAsync(cost: 3, queue: 0);

        _ = await app.EnterAsync(_heavy, "/heavy");
        _ = await app.EnterAsync(_light, "/light");

        await Newcomer.IsRefusedAsync(app, _light, "/light");
    }

    [Fact]
    public async Task Under_a_policy_with_a_smaller_cap_it_is_let_in_all_the_same()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(Limit, 0) + (static options => options.Policies["exports"] = new() { Limit = { Maximum = 2 } }),
            Endpoints = endpoints => endpoints.MapGet("/heavy", () => _heavy.PassAsync()).RequireBackpressure("exports").WithCost(100),
        });

        Task<HttpResponseMessage> first = await app.EnterAsync(_heavy, "/heavy");
        await Newcomer.IsRefusedAsync(app, _heavy, "/heavy");
        _heavy.Open();
        using HttpResponseMessage answer = await first;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await app.IsIdleAsync();
    }

    private Task<App> AppAsync(int cost, int queue) => App.StartAsync(new AppSetup
    {
        Options = AppSetup.Limited(Limit, queue),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/heavy", () => _heavy.PassAsync()).WithCost(cost);
            endpoints.MapGet("/light", () => _light.PassAsync());
        },
    });
}
