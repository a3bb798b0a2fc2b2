using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

public sealed class EndpointConventionTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_policy_without_a_name_is_refused_where_it_is_asked_for(string? name) =>
        await ConfigureAsync(endpoint => Assert.ThrowsAny<ArgumentException>(() => endpoint.RequireBackpressure(name!)));

    [Fact]
    public async Task A_criticality_that_does_not_exist_is_refused() =>
        await ConfigureAsync(static endpoint => Assert.Throws<ArgumentOutOfRangeException>(() => endpoint.WithCriticality((Criticality)2)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_cost_below_one_is_refused(int permits) =>
        await ConfigureAsync(endpoint => Assert.Throws<ArgumentOutOfRangeException>(() => endpoint.WithCost(permits)));

    [Fact]
    public async Task A_cost_function_must_not_be_null() =>
        await ConfigureAsync(static endpoint => Assert.Throws<ArgumentNullException>(() => endpoint.WithCost(null!)));

    [Fact]
    public void A_builder_of_somebody_else_that_knows_no_last_conventions_is_served_all_the_same()
    {
        OldBuilder builder = new();

        Assert.Same(builder, builder.RequireBackpressure("reads"));

        RouteEndpointBuilder endpoint = new(null, Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/"), 0);
        builder.Conventions.ForEach(convention => convention(endpoint));
        Assert.Single(endpoint.Metadata.OfType<EnableBackpressureAttribute>());
    }

    [Fact]
    public async Task The_metadata_can_be_read_where_endpoints_are_listed()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options => options.Policies["reads"] = new(),
            Endpoints = static endpoints => endpoints.MapGet("/", static () => "served").RequireBackpressure("reads").DisableBackpressure(),
        });

        Microsoft.AspNetCore.Http.EndpointMetadataCollection metadata = Assert.Single(app.Services.GetRequiredService<EndpointDataSource>().Endpoints).Metadata;
        Assert.Equal("EnableBackpressure(\"reads\")", metadata.GetRequiredMetadata<EnableBackpressureAttribute>().ToString());
        Assert.Equal("DisableBackpressure", metadata.GetRequiredMetadata<DisableBackpressureAttribute>().ToString());
    }

    private static async Task ConfigureAsync(Action<IEndpointConventionBuilder> check)
    {
        await using App app = await App.StartAsync(new AppSetup { Endpoints = endpoints => check(endpoints.MapGet("/", static () => "served")) });
    }

    private sealed class OldBuilder : IEndpointConventionBuilder
    {
        public List<Action<EndpointBuilder>> Conventions { get; } = [];

        public void Add(Action<EndpointBuilder> convention) => Conventions.Add(convention);
    }
}
