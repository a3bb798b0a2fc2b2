using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Who stands outside of ours and offers a timeout feature of its own finds that again, whatever the handler found.</summary>
public sealed class OuterTimeoutFeatureTests
{
    private IHttpRequestTimeoutFeature? _before;
    private IHttpRequestTimeoutFeature? _inside;
    private IHttpRequestTimeoutFeature? _after;

    [Theory]
    [InlineData("/timed", false)]
    [InlineData("/endless", true)] // there is no time of ours, and so nothing of ours to ask for more
    public async Task The_feature_of_a_middleware_outside_is_there_again_when_ours_is_done(string path, bool isSeenInside)
    {
        await using App app = await AppAsync(static pipeline => pipeline.Use((context, next) =>
        {
            context.Features.Set<IHttpRequestTimeoutFeature>(new Own());
            return next(context);
        }));

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("served", await app.Client.GetStringAsync(path));

            Assert.IsType<Own>(_before);
            Assert.Same(_before, _after);
            Assert.Equal(isSeenInside, _inside == _before);
        }
    }

    [Fact]
    public async Task So_is_that_of_the_frameworks_request_timeouts()
    {
        await using App app = await AppAsync(static pipeline => pipeline.UseRequestTimeouts());

        Assert.Equal("served", await app.Client.GetStringAsync("/timed"));

        Assert.NotNull(_before);
        Assert.Same(_before, _after);
        Assert.NotSame(_before, _inside);
    }

    [Fact]
    public async Task Where_there_was_none_there_is_none_afterwards()
    {
        await using App app = await AppAsync(static _ => { });

        Assert.Equal("served", await app.Client.GetStringAsync("/timed"));

        Assert.Equal((null, null), (_before, _after));
        Assert.NotNull(_inside);
    }

    private Task<App> AppAsync(Action<IApplicationBuilder> outside) => App.StartAsync(new AppSetup
    {
        Services = static services => services.AddRequestTimeouts(),
        Pipeline = pipeline =>
        {
            outside(pipeline);
            pipeline.Use(async (context, next) =>
            {
                _before = context.Features.Get<IHttpRequestTimeoutFeature>();
                await next(context);
                _after = context.Features.Get<IHttpRequestTimeoutFeature>();
            });
            pipeline.UseBackpressure();
            pipeline.Use((context, next) =>
            {
                _inside = context.Features.Get<IHttpRequestTimeoutFeature>();
                return next(context);
            });
        },
        Endpoints = static endpoints =>
        {
            endpoints.MapGet("/timed", static () => "served").WithRequestTimeout(TimeSpan.FromMinutes(1));
            endpoints.MapGet("/endless", static () => "served").DisableRequestTimeout();
        },
    });

    private sealed class Own : IHttpRequestTimeoutFeature
    {
        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public void DisableTimeout()
        {
            // there is no timeout
        }
    }
}
