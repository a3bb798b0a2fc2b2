using System.Buffers;
using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What a deadline looks like on a real connection.</summary>
public sealed class DeadlineOnSocketsTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Before_anything_was_sent_it_yields_a_whole_504_and_the_connection_lives_on(HttpProtocols protocol)
    {
        List<string> connections = [];
        await using App app = await App.StartAsync(Setup(protocol, context =>
        {
            connections.Add(context.Connection.Id);
            return _turnstile.PassAsync(context.RequestAborted);
        }));

        using HttpResponseMessage answer = await TimedOutAsync(app);
        _turnstile.Open();
        using HttpResponseMessage next = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Single(connections.Distinct());
    }

    [Theory] // C11
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task After_a_part_was_sent_the_caller_sees_a_broken_answer(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(Setup(protocol, async context =>
        {
            await context.Response.WriteAsync("half");
            await _turnstile.PassAsync(context.RequestAborted);
        }));

        await Assert.ThrowsAsync<HttpRequestException>(() => TimedOutAsync(app));

        await app.IsIdleAsync();
    }

    [Fact] // C11
    public async Task A_chunked_body_that_is_cut_has_no_last_chunk()
    {
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await _turnstile.PassAsync(context.RequestAborted);
        }));
        using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/");
        await _turnstile.ArrivalAsync();

        app.Time.Advance(TimeSpan.FromSeconds(30));
        string answer = await request.ReadToEndAsync();

        Assert.DoesNotContain("0\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("problem+json", answer, StringComparison.Ordinal);
    }

    [Theory] // C11
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Bytes_in_the_servers_buffer_are_never_completed_by_another_answer(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(Setup(protocol, context =>
        {
            context.Response.BodyWriter.Write("half"u8);
            return _turnstile.PassAsync(context.RequestAborted);
        }));

        await Assert.ThrowsAsync<HttpRequestException>(() => TimedOutAsync(app));

        await app.IsIdleAsync();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task On_the_packages_own_clock_it_strikes_as_well_in_the_handler_and_in_the_queue(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = protocol,
            OnRealTime = true,
            Options = AppSetup.Limited(1, 1),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", () => _turnstile.PassAsync());
                endpoints.MapGet("/endless", (HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
            },
        });
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage waited = await app.GetAsync("/", ("Request-Timeout-Ms", "30"));
        _turnstile.Open();
        await app.IsIdleAsync();
        using HttpResponseMessage ran = await app.GetAsync("/endless", ("Request-Timeout-Ms", "30"));

        Assert.True(waited.Reason() is "queue-timeout" or "deadline-infeasible"); // the latter where 30 ms passed before it came to the queue
        Assert.Equal(HttpStatusCode.GatewayTimeout, ran.StatusCode);
        await app.IsIdleAsync();
    }

    private static AppSetup Setup(HttpProtocols protocol, RequestDelegate handler) =>
        new() { Sockets = protocol, Endpoints = endpoints => endpoints.MapGet("/", handler).WithRequestTimeout(TimeSpan.FromSeconds(30)) };

    private async Task<HttpResponseMessage> TimedOutAsync(App app)
    {
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        app.Time.Advance(TimeSpan.FromSeconds(30));
        return await running;
    }
}
