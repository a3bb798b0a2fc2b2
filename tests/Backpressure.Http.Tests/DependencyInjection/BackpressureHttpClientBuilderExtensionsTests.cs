using System.Net;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Backpressure.Http.Tests.DependencyInjection;

public class BackpressureHttpClientBuilderExtensionsTests
{
    [Fact]
    public void Adding_the_handler_twice_to_one_client_fails_and_names_client_and_fix()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("orders").AddBackpressureHandler();

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => services.AddHttpClient("orders").AddBackpressureHandler(options => options.MaximumAttempts = 2));

        Assert.Contains("'orders'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("once per client", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typed_client_has_the_handler_and_a_client_without_it_is_left_alone()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        var services = new ServiceCollection();
        services.AddHttpClient<Orders>().ConfigurePrimaryHttpMessageHandler(() => server).AddBackpressureHandler();
        services.AddHttpClient("plain").ConfigurePrimaryHttpMessageHandler(() => server);
        await using ServiceProvider provider = services.BuildServiceProvider();

        using HttpResponseMessage typed = await provider.GetRequiredService<Orders>().Http.GetAsync("http://orders.test/");
        using HttpResponseMessage plain = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("plain").GetAsync("http://orders.test/");

        Assert.NotNull(server.Received[0].TimeoutMs);
        Assert.Null(server.Received[1].TimeoutMs);
    }

    [Fact]
    public async Task The_defaults_of_all_clients_can_have_the_handler_and_one_client_options_of_its_own()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(defaults => defaults
            .ConfigurePrimaryHttpMessageHandler(() => server)
            .AddBackpressureHandler(options => options.Timeout = TimeSpan.FromSeconds(5)));
        services.AddHttpClient("orders").AddBackpressureHandler(options => options.Timeout = TimeSpan.FromSeconds(2));
        await using ServiceProvider provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();

        using HttpResponseMessage other = await factory.CreateClient("other").GetAsync("http://orders.test/");
        using HttpResponseMessage orders = await factory.CreateClient("orders").GetAsync("http://orders.test/");

        Assert.InRange(int.Parse(server.Received[0].TimeoutMs!, System.Globalization.CultureInfo.InvariantCulture), 2_001, 5_000);
        Assert.InRange(int.Parse(server.Received[1].TimeoutMs!, System.Globalization.CultureInfo.InvariantCulture), 1, 2_000);
    }

    [Fact]
    public void Options_are_checked_when_the_client_is_built_and_every_fault_is_named_with_rule_and_value()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("orders").AddBackpressureHandler(options =>
        {
            options.Timeout = TimeSpan.Zero;
            options.MaximumAttempts = 0;
            options.RetryRatio = double.NaN;
            options.MinimumRetriesPerSecond = -1;
            options.RetryWindow = TimeSpan.FromMilliseconds(999);
            options.MaximumDelay = TimeSpan.FromDays(2);
            options.BaseDelay = TimeSpan.FromDays(3);
        });
        using ServiceProvider provider = services.BuildServiceProvider();

        OptionsValidationException thrown = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders"));

        Assert.Equal(
            [
                "Backpressure handler of HTTP client 'orders': Timeout must be between 00:00:00.001 and 1.00:00:00 (was 00:00:00).",
                "Backpressure handler of HTTP client 'orders': MaximumAttempts must be between 1 and 100 (was 0).",
                "Backpressure handler of HTTP client 'orders': RetryRatio must be between 0 and 1 (was NaN).",
                "Backpressure handler of HTTP client 'orders': MinimumRetriesPerSecond must be between 0 and 100000 (was -1).",
                "Backpressure handler of HTTP client 'orders': RetryWindow must be between 00:00:01 and 01:00:00 (was 00:00:00.9990000).",
                "Backpressure handler of HTTP client 'orders': MaximumDelay must be between 00:00:00 and 1.00:00:00 (was 2.00:00:00).",
                "Backpressure handler of HTTP client 'orders': BaseDelay must be between 00:00:00 and MaximumDelay, which is 2.00:00:00, (was 3.00:00:00).",
            ],
            thrown.Failures);
    }

    [Fact]
    public void Null_is_refused_at_the_edge()
    {
        IHttpClientBuilder builder = new ServiceCollection().AddHttpClient("orders");

        Assert.Throws<ArgumentNullException>("builder", () => ((IHttpClientBuilder)null!).AddBackpressureHandler());
        Assert.Throws<ArgumentNullException>("configure", () => builder.AddBackpressureHandler(null!));
    }

    private sealed class Orders(HttpClient http)
    {
        public HttpClient Http { get; } = http;
    }
}
