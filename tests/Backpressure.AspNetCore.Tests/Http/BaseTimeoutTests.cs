using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Which timeout holds where several are set. The clock stands still, so what remains to a handler is its whole timeout.</summary>
public sealed class BaseTimeoutTests
{
    [Fact]
    public async Task Where_nobody_says_anything_it_is_thirty_seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(30), await TimeoutAsync(static endpoint => endpoint));

    [Fact]
    public async Task The_attribute_of_an_endpoint_holds() =>
        Assert.Equal(TimeSpan.FromMilliseconds(1500), await TimeoutAsync(static endpoint => endpoint.WithMetadata(new RequestTimeoutAttribute(1500))));

    [Fact]
    public async Task WithRequestTimeout_holds_also_above_the_default() =>
        Assert.Equal(TimeSpan.FromMinutes(5), await TimeoutAsync(static endpoint => endpoint.WithRequestTimeout(TimeSpan.FromMinutes(5))));

    [Fact]
    public async Task A_named_policy_of_the_framework_holds() =>
        Assert.Equal(TimeSpan.FromSeconds(7), await TimeoutAsync(static endpoint => endpoint.WithRequestTimeout("seven"), framework: static o => o.AddPolicy("seven", TimeSpan.FromSeconds(7))));

    [Fact]
    public async Task A_named_policy_of_the_framework_without_a_timeout_means_none() =>
        Assert.Null(await TimeoutAsync(static endpoint => endpoint.WithRequestTimeout("none"), framework: static o => o.AddPolicy("none", new RequestTimeoutPolicy())));

    [Fact]
    public async Task DisableRequestTimeout_means_none_whatever_else_is_set() =>
        Assert.Null(await TimeoutAsync(
            static endpoint => endpoint.WithRequestTimeout(TimeSpan.FromSeconds(5)).DisableRequestTimeout(), static o => o.Timeout.Default = TimeSpan.FromSeconds(4)));

    [Theory] // as the framework's own middleware decides
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_time_span_of_the_endpoint_beats_a_name(bool nameFirst) =>
        Assert.Equal(TimeSpan.FromSeconds(3), await TimeoutAsync(
            endpoint => nameFirst
                ? endpoint.WithRequestTimeout("seven").WithRequestTimeout(TimeSpan.FromSeconds(3))
                : endpoint.WithRequestTimeout(TimeSpan.FromSeconds(3)).WithRequestTimeout("seven"),
            framework: static o => o.AddPolicy("seven", TimeSpan.FromSeconds(7))));

    [Fact]
    public async Task The_endpoint_beats_the_policy() =>
        Assert.Equal(TimeSpan.FromSeconds(9), await TimeoutAsync(
            static endpoint => endpoint.RequireBackpressure("own").WithRequestTimeout(TimeSpan.FromSeconds(9)), static o => o.Policies["own"] = WithTimeout(2)));

    [Fact]
    public async Task The_policy_beats_the_default_of_the_framework() =>
        Assert.Equal(TimeSpan.FromSeconds(2), await TimeoutAsync(
            static endpoint => endpoint.RequireBackpressure("own"), static o => o.Policies["own"] = WithTimeout(2), static o => o.DefaultPolicy = SevenSeconds()));

    [Fact]
    public async Task The_default_of_the_framework_beats_that_of_the_default_policy_for_a_named_one_without_a_timeout() =>
        Assert.Equal(TimeSpan.FromSeconds(7), await TimeoutAsync(
            static endpoint => endpoint.RequireBackpressure("own"),
            static o =>
            {
                o.Timeout.Default = TimeSpan.FromSeconds(4);
                o.Policies["own"] = new();
            },
            static o => o.DefaultPolicy = SevenSeconds()));

    [Fact]
    public async Task What_the_default_policy_sets_itself_beats_the_default_of_the_framework() =>
        Assert.Equal(TimeSpan.FromSeconds(4), await TimeoutAsync(
            static endpoint => endpoint, static o => o.Timeout.Default = TimeSpan.FromSeconds(4), static o => o.DefaultPolicy = SevenSeconds()));

    [Fact]
    public async Task The_default_of_the_framework_beats_the_packages_thirty_seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(7), await TimeoutAsync(static endpoint => endpoint, framework: static o => o.DefaultPolicy = SevenSeconds()));

    [Fact]
    public async Task A_named_policy_without_a_timeout_has_that_of_the_default_policy() =>
        Assert.Equal(TimeSpan.FromSeconds(4), await TimeoutAsync(
            static endpoint => endpoint.RequireBackpressure("own"),
            static o =>
            {
                o.Timeout.Default = TimeSpan.FromSeconds(4);
                o.Policies["own"] = new();
            }));

    [Fact] // T7
    public async Task The_longest_timeout_overflows_nothing() =>
        Assert.Null(await TimeoutAsync(static endpoint => endpoint.WithRequestTimeout(TimeSpan.MaxValue)));

    [Fact] // T7: a timer of the platform takes 49.7 days at most
    public async Task A_timeout_may_be_longer_than_a_timer_can_be() =>
        Assert.Equal(TimeSpan.FromDays(100), await TimeoutAsync(static endpoint => endpoint.WithRequestTimeout(TimeSpan.FromDays(100))));

    [Theory] // H5
    [InlineData("1500", 1_500)]
    [InlineData("30000", 30_000)]
    [InlineData("30001", 30_000)]
    [InlineData("9999999999", 30_000)]
    [InlineData("99999999999", 30_000)]
    [InlineData("5", 50)]
    [InlineData("49", 50)]
    [InlineData("50", 50)]
    [InlineData("-1", 30_000)]
    [InlineData("1500,1500", 30_000)]
    [InlineData("soon", 30_000)]
    [InlineData("", 30_000)]
    public async Task The_caller_may_shorten_it_but_never_lengthen_it_or_fall_below_the_minimum(string header, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), await TimeoutAsync(
            static endpoint => endpoint, static o => o.Timeout.Minimum = TimeSpan.FromMilliseconds(50), headers: ("Request-Timeout-Ms", header)));

    [Fact]
    public async Task A_timeout_that_the_framework_does_not_know_fails_the_start_and_says_how_to_add_it()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => TimeoutAsync(static endpoint => endpoint.WithRequestTimeout("unknown")));

        Assert.Contains("'HTTP: GET /'", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddPolicy(\"unknown\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_timeout_that_leaves_no_time_fails_the_start(int seconds)
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => TimeoutAsync(endpoint => endpoint.WithRequestTimeout(TimeSpan.FromSeconds(seconds))));

        Assert.Contains("'HTTP: GET /' has a request timeout of", error.Message, StringComparison.Ordinal);
        Assert.Contains("above zero", error.Message, StringComparison.Ordinal);
    }

    private static RequestTimeoutPolicy SevenSeconds() => new() { Timeout = TimeSpan.FromSeconds(7) };

    private static BackpressurePolicyOptions WithTimeout(int seconds) => new() { Timeout = { Default = TimeSpan.FromSeconds(seconds) } };

    private static async Task<TimeSpan?> TimeoutAsync(
        Func<RouteHandlerBuilder, IEndpointConventionBuilder> endpoint,
        Action<BackpressureOptions>? options = null,
        Action<RequestTimeoutOptions>? framework = null,
        params (string Name, string Value)[] headers)
    {
        TimeSpan? remaining = TimeSpan.MinValue;
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = options ?? (static _ => { }),
            Services = services => services.AddRequestTimeouts(framework ?? (static _ => { })),
            Endpoints = endpoints => endpoint(endpoints.MapGet("/", (HttpContext context) =>
            {
                remaining = context.Features.Get<IBackpressureFeature>()!.Remaining;
                return "served";
            })),
        });
        using HttpResponseMessage answer = await app.GetAsync("/", headers);
        Assert.Equal("served", await answer.Content.ReadAsStringAsync());
        return remaining;
    }
}
