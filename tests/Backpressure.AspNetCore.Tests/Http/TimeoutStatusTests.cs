using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Statuses that a request timeout policy of the framework asks for, and that ours would not allow.</summary>
public sealed class TimeoutStatusTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    public async Task One_that_has_no_body_is_sent_without_one(int status)
    {
        await using App app = await AppAsync(status);

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.DoesNotContain(app.Logs, static log => log.Level >= LogLevel.Warning);
    }

    [Fact] // rule 4.1
    public async Task The_status_of_refusals_proves_nothing_there_and_is_warned_of()
    {
        await using App app = await AppAsync(503);

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.False(answer.Headers.Contains("Backpressure") || answer.Headers.Contains("X-Should-Retry") || answer.Headers.Contains("Retry-After"));
        string warning = Assert.Single(app.Logs, static log => log.Id.Name == "TimeoutReadsAsRefusal" && log.Level == LogLevel.Warning).Message;
        Assert.Contains("'HTTP: GET /'", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, 429)] // which says by itself that nothing was executed
    [InlineData(429, 429)]
    public async Task So_are_503_and_another_status_of_refusals(int status, int refusals)
    {
        await using App app = await AppAsync(status, refusals);

        Assert.Single(app.Logs, static log => log.Id.Name == "TimeoutReadsAsRefusal" && log.Level == LogLevel.Warning);
    }

    [Theory]
    [InlineData(504, 503)]
    [InlineData(429, 503)]
    [InlineData(504, 429)]
    public async Task Another_one_is_not(int status, int refusals)
    {
        await using App app = await AppAsync(status, refusals);

        Assert.DoesNotContain(app.Logs, static log => log.Id.Name == "TimeoutReadsAsRefusal");
    }

    private async Task<HttpResponseMessage> TimedOutAsync(App app)
    {
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        app.Time.Advance(TenSeconds);
        return await running;
    }

    private Task<App> AppAsync(int status, int refusals = 503) => App.StartAsync(new AppSetup
    {
        Sockets = HttpProtocols.Http1,
        Options = options => options.Shed.StatusCode = refusals,
        Endpoints = endpoints => endpoints.MapGet("/", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted))
            .WithRequestTimeout(new RequestTimeoutPolicy { Timeout = TenSeconds, TimeoutStatusCode = status }),
    });
}
