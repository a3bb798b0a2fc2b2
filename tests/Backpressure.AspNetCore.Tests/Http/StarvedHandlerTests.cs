using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A starved thread pool keeps handlers from honouring their token, which is not to be said of them.</summary>
public sealed class StarvedHandlerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<IThreadPoolWorkItem> _unrun = new();
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(false, "HandlerIgnoresItsToken", "PoolStarvedAfterDeadline")]
    [InlineData(true, "PoolStarvedAfterDeadline", "HandlerIgnoresItsToken")]
    public async Task Who_has_not_ended_is_said_to_ignore_its_token_only_while_the_pool_works(bool isStarved, string said, string notSaid)
    {
        PoolProbe probe = new(_time, callback => _time.CreateTimer(callback, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), item =>
        {
            if (isStarved)
            {
                _unrun.Enqueue(item);
            }
            else
            {
                item.Execute();
            }
        });
        await using App app = await App.StartAsync(new AppSetup
        {
            Time = _time,
            Sockets = HttpProtocols.Http1,
            Options = static options => options.Timeout.Default = TimeSpan.FromSeconds(30),
            Services = services => services.AddSingleton(new TimeoutClock(_time, isDebugged: null, probe)),
            Endpoints = endpoints => endpoints.MapGet("/stuck", () => _turnstile.PassAsync()),
        });
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        Task<HttpResponseMessage> stuck = await app.EnterAsync(_turnstile, "/stuck");

        _time.Advance(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<HttpRequestException>(() => stuck);

        Assert.Equal(1, abandoned.Scrape().Sum()); // it holds its permit all the same
        Assert.Contains("/stuck", Assert.Single(app.Logs, log => log.Id.Name == said && log.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Logs, log => log.Id.Name == notSaid);
        _turnstile.Open();
        await app.IsIdleAsync();
    }
}
