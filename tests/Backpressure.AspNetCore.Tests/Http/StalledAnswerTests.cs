using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A default timeout passes over an answer that has begun, as long as it goes on; one that stalls is cut, visibly.</summary>
public sealed class StalledAnswerTests : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _go = new(0);

    public void Dispose()
    {
        _arrived.Dispose();
        _go.Dispose();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_download_that_goes_on_is_whole_however_long_it_takes(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(Setup(protocol, async context =>
        {
            Stream body = context.Response.Body; // taken before the answer begins, as CopyToAsync does
            for (int part = 0; part < 30; part++)
            {
                await body.WriteAsync("part"u8.ToArray());
                await PauseAsync(context.RequestAborted);
            }
        }));
        Task<string> answer = app.Client.GetStringAsync("/");

        for (int part = 0; part < 30; part++)
        {
            await RealTime.Within(_arrived.WaitAsync());
            app.Time.Advance(Grace * 0.9);
            _go.Release();
        }

        Assert.Equal(120, (await answer).Length);
    }

    [Theory] // rule 4.3
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_download_that_stalls_is_cut(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(Setup(protocol, async context =>
        {
            await context.Response.WriteAsync("half");
            await PauseAsync(context.RequestAborted);
        }));
        Task<string> answer = app.Client.GetStringAsync("/");
        await RealTime.Within(_arrived.WaitAsync());

        app.Time.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task One_that_stalls_after_its_deadline_is_cut_a_grace_after_its_last_part()
    {
        CancellationToken aborted = default;
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            aborted = context.RequestAborted;
            await context.Response.WriteAsync("a");
            await PauseAsync(aborted);
            await context.Response.WriteAsync("b");
            await PauseAsync(aborted);
        }));
        Task<string> answer = app.Client.GetStringAsync("/");
        await RealTime.Within(_arrived.WaitAsync());
        app.Time.Advance(TimeSpan.FromSeconds(27));
        _go.Release();
        await RealTime.Within(_arrived.WaitAsync());

        app.Time.Advance(Grace - TimeSpan.FromTicks(1)); // the deadline is over for two seconds
        Assert.False(aborted.IsCancellationRequested);

        app.Time.Advance(TimeSpan.FromTicks(1));
        Assert.True(aborted.IsCancellationRequested);
        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("Text/Event-Stream; charset=utf-8")]
    public async Task A_stream_of_events_may_be_silent_for_as_long_as_it_likes(string type)
    {
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync("a");
            await PauseAsync(context.RequestAborted);
            await context.Response.WriteAsync("b");
        }));
        Task<string> answer = app.Client.GetStringAsync("/");
        await RealTime.Within(_arrived.WaitAsync());

        app.Time.Advance(TimeSpan.FromHours(1));
        _go.Release();

        Assert.Equal("ab", await answer);
    }

    [Fact]
    public async Task A_handler_that_goes_on_after_it_has_completed_its_answer_is_left_alone()
    {
        CancellationToken aborted = default;
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            aborted = context.RequestAborted;
            await context.Response.WriteAsync("whole");
            await context.Response.CompleteAsync();
            await PauseAsync(aborted);
        }));
        Task<string> answer = app.Client.GetStringAsync("/");
        await RealTime.Within(_arrived.WaitAsync());

        app.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("whole", await answer);
        Assert.False(aborted.IsCancellationRequested);
        _go.Release();
        await app.IsIdleAsync();
    }

    [Fact]
    public async Task Without_a_grace_nobody_is_cut()
    {
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            Assert.Null(context.Features.Get<IHttpResponseBodyFeature>() as ResponseProgress);
            await context.Response.WriteAsync("a");
            await PauseAsync(context.RequestAborted);
            await context.Response.WriteAsync("b");
        }, Timeout.InfiniteTimeSpan));
        Task<string> answer = app.Client.GetStringAsync("/");
        await RealTime.Within(_arrived.WaitAsync());

        app.Time.Advance(TimeSpan.FromHours(1));
        _go.Release();

        Assert.Equal("ab", await answer);
    }

    [Fact]
    public async Task A_middleware_inside_may_put_a_body_of_its_own_in_front_for_a_while()
    {
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            Stream original = context.Response.Body;
            using MemoryStream buffer = new();
            context.Response.Body = buffer;
            await context.Response.WriteAsync("buffered");
            context.Response.Body = original;
            await original.WriteAsync(buffer.ToArray());
        }));

        Assert.Equal("buffered", await app.Client.GetStringAsync("/"));
    }

    private static AppSetup Setup(HttpProtocols protocol, RequestDelegate handler, TimeSpan? grace = null) => new()
    {
        Sockets = protocol,
        Options = options => options.Timeout.AbortGrace = grace ?? Grace,
        Endpoints = endpoints => endpoints.MapGet("/", handler),
    };

    private Task PauseAsync(CancellationToken cancellation)
    {
        _arrived.Release();
        return _go.WaitAsync(cancellation);
    }
}
