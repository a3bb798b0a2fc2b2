using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class OrderCheckTests
{
    [Fact]
    public async Task Before_routing_the_middleware_says_once_what_does_not_act_and_how_to_fix_it()
    {
        await using App app = await MisorderedAppAsync(static endpoint => endpoint.RequireBackpressure("reads"));
        for (int i = 0; i < 3; i++)
        {
            await app.Client.GetStringAsync("/");
        }

        FakeLogRecord warning = Assert.Single(app.Logs, log => log.Level == LogLevel.Warning);
        Assert.Contains("'HTTP: GET /'", warning.Message, StringComparison.Ordinal);
        Assert.Contains("Call UseBackpressure after UseRouting.", warning.Message, StringComparison.Ordinal);
        Assert.Equal((3L, 0L), (app.Policy().Arrivals, app.Policy("reads").Arrivals));
    }

    [Fact]
    public async Task It_says_so_for_an_endpoint_that_should_be_taken_out_too()
    {
        await using App app = await MisorderedAppAsync(static endpoint => endpoint.DisableBackpressure());

        await app.Client.GetStringAsync("/");

        Assert.Single(app.Logs, log => log.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task It_says_nothing_where_the_order_changes_nothing()
    {
        await using App app = await MisorderedAppAsync(static endpoint => endpoint);

        await app.Client.GetStringAsync("/");

        Assert.DoesNotContain(app.Logs, log => log.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task It_says_nothing_of_a_path_that_nobody_serves()
    {
        await using App app = await App.StartAsync(new AppSetup());

        using HttpResponseMessage answer = await app.GetAsync("/nowhere");

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.DoesNotContain(app.Logs, log => log.Level == LogLevel.Warning);
    }

    private static Task<App> MisorderedAppAsync(Func<RouteHandlerBuilder, IEndpointConventionBuilder> endpoint) => App.StartAsync(new AppSetup
    {
        Options = options => options.Policies["reads"] = new(),
        Outside = static app => app.UseBackpressure(),
        Pipeline = static _ => { },
        Endpoints = endpoints => endpoint(endpoints.MapGet("/", static () => "served")),
    });
}
