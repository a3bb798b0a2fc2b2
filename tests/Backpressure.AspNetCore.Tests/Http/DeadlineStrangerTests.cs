using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Strangers' code around a deadline, which fails, and clients that do not wait for it.</summary>
[Collection(RealTime.Name)]
public sealed class DeadlineStrangerTests
{
    private readonly Turnstile _turnstile = new();

    [Fact] // T2, T17
    public async Task A_logger_that_throws_does_not_keep_the_client_of_a_stuck_handler_waiting()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http1,
            OnRealTime = true,
            Options = static options =>
            {
                options.Timeout.Default = TimeSpan.FromMilliseconds(50);
                options.Timeout.AbortGrace = TimeSpan.FromMilliseconds(50);
            },
            Services = static services => services.AddSingleton<ILoggerProvider, ThrowingLogs>(),
            Endpoints = endpoints => endpoints.MapGet("/", () => _turnstile.PassAsync()),
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => RealTime.Within(app.GetAsync("/")));

        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Fact] // T2
    public async Task What_a_callback_on_RequestAborted_throws_at_the_deadline_is_counted_and_logged()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http1,
            OnRealTime = true,
            Options = static options => options.Timeout.Default = TimeSpan.FromMilliseconds(50),
            Endpoints = endpoints => endpoints.MapGet("/", async (HttpContext context) =>
            {
                context.RequestAborted.Register(static () => throw new FormatException("a stranger's bug"));
                await _turnstile.PassAsync(context.RequestAborted);
            }),
        });
        long before = TimerFdTimeProvider.Shared.CallbackFailures;

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        await Eventually.HoldsAsync(() => TimerFdTimeProvider.Shared.CallbackFailures > before);
        await Eventually.HoldsAsync(() => app.Logs.Any(static log => log.Id.Name == "AbortCallbackFailed"));
    }

    [Fact] // B11
    public async Task A_handler_that_ignores_its_token_is_counted_although_its_client_has_left_before_the_deadline()
    {
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http1,
            Options = static options => options.Timeout.Default = TimeSpan.FromSeconds(10),
            Endpoints = endpoints => endpoints.MapGet("/", async (HttpContext context) =>
            {
                context.RequestAborted.Register(left.SetResult);
                await _turnstile.PassAsync();
            }),
        });
        using Readings<int> abandoned = new(app.Services, "backpressure.abandoned_requests");
        using CancellationTokenSource leaving = new();
        Task<HttpResponseMessage> asked = app.Client.GetAsync(new Uri("/", UriKind.Relative), leaving.Token);
        await _turnstile.ArrivalAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await RealTime.Within(left.Task);

        app.Time.Advance(TimeSpan.FromSeconds(10));
        app.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((1, 1), (app.Policy().Active, abandoned.Scrape().Sum()));
        Assert.Single(app.Logs, static log => log.Id.Name == "HandlerIgnoresItsToken");
        _turnstile.Open();
        await app.IsIdleAsync();
        Assert.Equal(0, abandoned.Scrape().Sum());
    }

    private sealed class ThrowingLogs : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                throw new InvalidOperationException("the log's disk is full");
            }
        }

        public void Dispose()
        {
        }
    }
}
