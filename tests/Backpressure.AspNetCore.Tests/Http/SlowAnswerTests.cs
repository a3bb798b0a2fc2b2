using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refusal or a 504 that the application itself writes, part by part, goes out as long as it goes on.</summary>
public sealed class SlowAnswerTests : IDisposable
{
    private const int Parts = 5;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Turnstile _turnstile = new();
    private readonly SemaphoreSlim _written = new(0);
    private readonly SemaphoreSlim _go = new(0);

    public static TheoryData<HttpProtocols, bool> Cases => new()
    {
        { HttpProtocols.Http1, false },
        { HttpProtocols.Http1, true },
        { HttpProtocols.Http2, false },
        { HttpProtocols.Http2, true },
    };

    public void Dispose()
    {
        _written.Dispose();
        _go.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task One_that_goes_on_is_whole(HttpProtocols protocol, bool isShed)
    {
        await using App app = await AppAsync(protocol);
        Task<HttpResponseMessage> answer = await BeginAsync(app, isShed);

        for (int part = 0; part < Parts; part++)
        {
            await RealTime.Within(_written.WaitAsync());
            app.Time.Advance(Grace * 0.9);
            _go.Release();
        }

        using HttpResponseMessage whole = await answer;
        Assert.Equal(isShed ? 503 : 504, (int)whole.StatusCode);
        Assert.Equal(Parts, (await whole.Content.ReadAsStringAsync()).Length);
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task One_that_stalls_is_cut_a_grace_after_its_last_part(HttpProtocols protocol, bool isShed)
    {
        await using App app = await AppAsync(protocol);
        using Readings<long> aborts = new(app.Services, "backpressure.request.aborts");
        Task<HttpResponseMessage> answer = await BeginAsync(app, isShed);
        await RealTime.Within(_written.WaitAsync());
        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        _go.Release();
        await RealTime.Within(_written.WaitAsync());

        app.Time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.Empty(aborts.All);
        app.Time.Advance(TimeSpan.FromTicks(1));

        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
        await Eventually.HoldsAsync(() => aborts.Sum(protocol == HttpProtocols.Http1 ? "connection" : "stream", "default") == 1);
        _go.Release(Parts);
        _turnstile.Open();
        await app.IsIdleAsync();
    }

    private async Task<Task<HttpResponseMessage>> BeginAsync(App app, bool isShed)
    {
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile, isShed ? "/ignoring" : "/honouring");
        Task<HttpResponseMessage> answer = isShed ? await app.QueueAsync() : running;
        app.Time.Advance(isShed ? TimeSpan.FromSeconds(1) : Time);
        return answer;
    }

    private async Task WriteAsync(HttpContext context)
    {
        for (int part = 0; part < Parts; part++)
        {
            await context.Response.WriteAsync("x");
            _written.Release();
            await _go.WaitAsync();
        }
    }

    private Task<App> AppAsync(HttpProtocols protocol) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Options = AppSetup.Limited(1, 1) + (options =>
        {
            options.Timeout.AbortGrace = Grace;
            options.Shed.Body = ShedBody.Empty;
            options.Shed.OnShed = async shed => await WriteAsync(shed.HttpContext);
        }),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", () => _turnstile.PassAsync());
            endpoints.MapGet("/ignoring", () => _turnstile.PassAsync()).DisableRequestTimeout();
            endpoints.MapGet("/honouring", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted))
                .WithRequestTimeout(new RequestTimeoutPolicy { Timeout = Time, WriteTimeoutResponse = WriteAsync });
        },
    });
}
