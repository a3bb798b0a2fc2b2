using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class EndpointCheckTests
{
    [Fact]
    public async Task A_policy_that_nobody_defines_fails_the_start_and_names_the_endpoint_the_known_ones_and_the_fix()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => App.StartAsync(new AppSetup
        {
            Options = options =>
            {
                options.Policies["writes"] = new();
                options.Policies["reads"] = new();
            },
            Endpoints = endpoints => endpoints.MapGet("/orders", () => "served").RequireBackpressure("raeds"),
        }));

        Assert.Contains("endpoint 'HTTP: GET /orders' asks for the policy 'raeds'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Known policies: 'default', 'reads', 'writes'.", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Backpressure:Policies:raeds'", error.Message, StringComparison.Ordinal);
        Assert.Contains("o.Policies[\"raeds\"]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_offending_endpoint_is_named_at_once()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => App.StartAsync(new AppSetup
        {
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/one", () => "served").RequireBackpressure("first");
                endpoints.MapGet("/two", () => "served").RequireBackpressure("second");
                endpoints.MapGet("/fine", () => "served");
            },
        }));

        Assert.Contains("'HTTP: GET /one' asks for the policy 'first'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'HTTP: GET /two' asks for the policy 'second'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/fine", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_taken_out_needs_no_policy()
    {
        await using App app = await App.StartAsync(new AppSetup { Endpoints = endpoints => endpoints.MapGet("/", () => "served").RequireBackpressure("nobody's").DisableBackpressure() });

        Assert.Equal("served", await app.Client.GetStringAsync("/"));
    }
}
