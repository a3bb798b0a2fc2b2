using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.Http.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What flows from a request into the calls that its handler makes.</summary>
public sealed class ServedRequestTests
{
    private IAmbientRequest? _seen;

    [Fact]
    public async Task Without_a_client_of_ours_in_the_host_nothing_flows_and_nothing_is_paid()
    {
        ExecutionContext? inside = null;
        RequestDelegate pipeline = Pipeline(static services => services.AddHttpClient("anybody's"), () => inside = ExecutionContext.Capture());
        ExecutionContext? before = ExecutionContext.Capture();

        await pipeline(new DefaultHttpContext());

        Assert.Null(_seen);
        Assert.Same(before, inside);
    }

    [Fact]
    public async Task With_one_the_request_flows_down_into_its_handler_and_not_up_to_its_caller()
    {
        TimeSpan? left = null;
        RequestDelegate pipeline = Pipeline(static services => services.AddHttpClient("ours").AddBackpressureHandler(), () => left = AmbientRequest.Current?.Remaining);

        await pipeline(new DefaultHttpContext());

        Assert.InRange(left ?? TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(30));
        Assert.Null(AmbientRequest.Current);
        Assert.NotNull(_seen);
        Assert.Null(_seen.Remaining);
    }

    [Theory]
    [InlineData(null, 1, 1)]
    [InlineData("1", 1, 0)]
    [InlineData("0", 1, 1)]
    [InlineData("junk", 1, 1)]
    public async Task A_retry_is_not_multiplied_by_the_calls_in_its_course_as_long_as_it_runs(string? attempt, int first, int retries)
    {
        HttpClient? http = null;
        List<bool> again = [];
        RequestDelegate pipeline = Pipeline(
            services => services.AddHttpClient("ours")
                .ConfigurePrimaryHttpMessageHandler(() => new FailingServer(again))
                .AddBackpressureHandler(static options =>
                {
                    options.MaximumAttempts = 2;
                    options.BaseDelay = TimeSpan.Zero;
                }),
            () => http!.GetAsync(new Uri("http://behind.test/")).GetAwaiter().GetResult().Dispose(),
            services => http = services.GetRequiredService<IHttpClientFactory>().CreateClient("ours"));
        DefaultHttpContext context = new();
        if (attempt is not null)
        {
            context.Request.Headers["Retry-Attempt"] = attempt;
        }

        await pipeline(context);

        Assert.Equal(first, again.Count(static isRetry => !isRetry));
        Assert.Equal(retries, again.Count(static isRetry => isRetry));
        Assert.False(_seen!.IsRetry); // it has ended
    }

    [Fact]
    public async Task Whoever_looks_from_outside_the_request_never_sees_the_deadline_of_another_one()
    {
        List<IAmbientRequest> ended = [];
        TimeSpan? left = null;
        RequestDelegate pipeline = Pipeline(
            static services => services.AddHttpClient("ours").AddBackpressureHandler(),
            () =>
            {
                left = AmbientRequest.Current?.Remaining;
                ended.Add(AmbientRequest.Current!);
                Assert.All(ended.SkipLast(1), static request => Assert.Null(request.Remaining));
            });
        ReusedExchange exchange = new(new Endpoint(null, EndpointMetadataCollection.Empty, "endpoint"));

        for (int i = 0; i < 10; i++)
        {
            exchange.Run(pipeline); // gives its object back, and takes it again
        }

        Assert.NotNull(left);
        Assert.Equal(10, ended.Distinct().Count());
    }

    private RequestDelegate Pipeline(Action<IServiceCollection> clients, Action handler, Action<IServiceProvider>? built = null)
    {
        ServiceCollection services = new();
        services.AddLogging();
        clients(services);
        services.AddBackpressure(static _ => { });
        ServiceProvider provider = services.BuildServiceProvider();
        built?.Invoke(provider);
        ApplicationBuilder app = new(provider);
        app.UseBackpressure();
        app.Run(_ =>
        {
            _seen = AmbientRequest.Current;
            handler();
            return Task.CompletedTask;
        });
        return app.Build();
    }

    private sealed class FailingServer(List<bool> again) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            again.Add(request.Headers.Contains("Retry-Attempt"));
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.BadGateway));
        }
    }
}
