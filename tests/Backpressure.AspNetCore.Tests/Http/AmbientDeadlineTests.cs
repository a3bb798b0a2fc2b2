using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A call that a handler makes gets no more time than its own request has left.</summary>
public sealed class AmbientDeadlineTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(HttpProtocols.Http1, null, "29300")]
    [InlineData(HttpProtocols.Http2, null, "29300")]
    [InlineData(HttpProtocols.Http1, "2500", "1800")]
    public async Task A_call_states_what_is_left_of_the_request_when_it_is_made(HttpProtocols protocol, string? asked, string stated)
    {
        await using Backend backend = await Backend.StartAsync();
        await using App app = await AppAsync(backend, HeldAsync, protocol);
        Task<HttpResponseMessage> answer = asked is null ? app.GetAsync("/") : app.GetAsync("/", ("Request-Timeout-Ms", asked));
        await _turnstile.ArrivalAsync();

        app.Time.Advance(TimeSpan.FromMilliseconds(700));
        _turnstile.Open();
        (await answer).EnsureSuccessStatusCode();

        Assert.Equal([stated], backend.Timeouts);
    }

    [Fact]
    public async Task A_shorter_time_of_the_call_itself_stands()
    {
        await using Backend backend = await Backend.StartAsync();
        await using App app = await AppAsync(backend, async context =>
        {
            using HttpRequestMessage call = new(HttpMethod.Get, "/");
            call.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.FromSeconds(1));
            using HttpResponseMessage answer = await context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(Backend.Name).SendAsync(call);
        });

        await app.GetAsync("/");

        Assert.Equal(["1000"], backend.Timeouts);
    }

    [Fact]
    public async Task A_request_without_a_deadline_and_one_that_is_not_governed_bind_nothing()
    {
        await using Backend backend = await Backend.StartAsync();
        await using App app = await App.StartAsync(new AppSetup
        {
            Services = backend.Register,
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/unlimited", Backend.CallAsync).DisableRequestTimeout();
                endpoints.MapGet("/exempt", Backend.CallAsync).DisableBackpressure();
            },
        });

        await app.GetAsync("/unlimited");
        await app.GetAsync("/exempt", ("Request-Timeout-Ms", "5"));

        Assert.Equal(["100000", "100000"], backend.Timeouts);
    }

    [Fact]
    public async Task Once_the_time_is_over_no_call_goes_out()
    {
        Exception? thrown = null;
        await using Backend backend = await Backend.StartAsync();
        await using App app = await AppAsync(backend, async context => thrown = await Record.ExceptionAsync(() => HeldAsync(context)));
        Task<HttpResponseMessage> answer = await app.EnterAsync(_turnstile);

        app.Time.Advance(TimeSpan.FromSeconds(30));
        _turnstile.Open();
        await answer;

        Assert.IsType<TimeoutException>(Assert.IsType<TaskCanceledException>(thrown).InnerException);
        Assert.Empty(backend.Timeouts);
    }

    [Theory]
    [InlineData(false, "100000")] // a default timeout does not cut a stream, so it does not starve the calls that feed it either
    [InlineData(true, "29000")]
    public async Task Once_the_answer_has_begun_only_a_deadline_that_still_binds_it_binds_the_calls(bool isExplicit, string stated)
    {
        await using Backend backend = await Backend.StartAsync();
        await using App app = await App.StartAsync(new AppSetup
        {
            Services = backend.Register,
            Endpoints = endpoints =>
            {
                IEndpointConventionBuilder stream = endpoints.MapGet("/", async (HttpContext context) =>
                {
                    await context.Response.WriteAsync("first");
                    await HeldAsync(context);
                });
                if (isExplicit)
                {
                    stream.WithRequestTimeout(TimeSpan.FromSeconds(30));
                }
            },
        });
        Task<HttpResponseMessage> answer = await app.EnterAsync(_turnstile);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        _turnstile.Open();
        await answer;
        await app.IsIdleAsync();

        Assert.Equal([stated], backend.Timeouts);
    }

    [Fact]
    public async Task Work_that_outlives_its_request_is_bound_by_no_deadline_neither_its_own_nor_that_of_whoever_uses_the_object_next()
    {
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? left = null;
        await using Backend backend = await Backend.StartAsync();
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http1,
            Services = backend.Register,
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/leave", (HttpContext context) =>
                {
                    HttpClient client = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(Backend.Name);
                    left = CallLaterAsync(client);
                });
                endpoints.MapGet("/", () => _turnstile.PassAsync());
            },
        });
        await app.GetAsync("/leave");
        await app.IsIdleAsync();
        Task<HttpResponseMessage> next = app.GetAsync("/", ("Request-Timeout-Ms", "5"));
        await _turnstile.ArrivalAsync();

        released.SetResult();
        await RealTime.Within(left!);
        _turnstile.Open();
        await next;

        Assert.Equal(["100000"], backend.Timeouts);

        async Task CallLaterAsync(HttpClient client)
        {
            await released.Task;
            await client.GetAsync("/");
        }
    }

    private static Task<App> AppAsync(Backend backend, RequestDelegate handler, HttpProtocols protocol = HttpProtocols.Http1) => App.StartAsync(new AppSetup
    {
        Sockets = protocol,
        Services = backend.Register,
        Endpoints = endpoints => endpoints.MapGet("/", handler),
    });

    private async Task HeldAsync(HttpContext context)
    {
        await _turnstile.PassAsync();
        await Backend.CallAsync(context);
    }
}
