using System.Diagnostics.Metrics;
using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Whatever throws, no permit is lost, and each request is counted once (C8).</summary>
public sealed class HandlerFailureTests
{
    public static TheoryData<string, HttpProtocols?> Failures
    {
        get
        {
            TheoryData<string, HttpProtocols?> cases = [];
            foreach (HttpProtocols? sockets in (HttpProtocols?[])[null, HttpProtocols.Http1, HttpProtocols.Http2])
            {
                cases.Add("synchronously", sockets);
                cases.Add("asynchronously", sockets);
                cases.Add("after the response started", sockets);
                cases.Add("after bytes that were not flushed", sockets);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_handler_that_throws_gives_its_permit_back(string when, HttpProtocols? sockets)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = sockets,
            Options = AppSetup.Limited(1, 0),
            Endpoints = endpoints => endpoints.MapGet("/", context => ThrowAsync(context, when)),
        });
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        for (int i = 0; i < 3; i++)
        {
            await FailAsync(app);
            await app.IsIdleAsync();
        }

        Assert.Equal((3L, 3L, 0L), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed));
        Assert.Equal(3, requests.Sum("admitted"));
        Assert.Equal(3, requests.Sum());
    }

    [Theory]
    [InlineData("backpressure.requests")]
    [InlineData("backpressure.request.duration")]
    [InlineData("backpressure.deadlines")]
    public async Task A_listener_of_metrics_that_throws_costs_no_permit(string instrument)
    {
        await using App app = await App.StartAsync(new AppSetup { Options = AppSetup.Limited(1, 0) });
        IMeterFactory factory = app.Services.GetRequiredService<IMeterFactory>();
        using MeterListener listener = new();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && published.Meter.Scope == factory)
            {
                self.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new FormatException("a stranger's bug"));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new FormatException("a stranger's bug"));
        listener.Start();
        for (int i = 0; i < 3; i++)
        {
            await FailAsync(app);
            await app.IsIdleAsync();
        }

        Assert.Equal((3L, 3L, 0L), (app.Policy().Arrivals, app.Policy().Admitted, app.Policy().Shed));
    }

    [Fact]
    public async Task A_waiter_is_served_when_the_handler_before_it_throws()
    {
        Turnstile turnstile = new();
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(1, 1),
            Endpoints = endpoints =>
            {
                endpoints.MapGet("/", static () => "served");
                endpoints.MapGet("/fail", async () =>
                {
                    await turnstile.PassAsync();
                    throw new FormatException("a stranger's bug");
                });
            },
        });
        Task<HttpResponseMessage> failing = await app.EnterAsync(turnstile, "/fail");
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        turnstile.Open();

        using HttpResponseMessage answer = await waiting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<FormatException>(() => failing);
    }

    /// <summary>Sends a request that fails, however its failure shows.</summary>
    private static async Task FailAsync(App app)
    {
        try
        {
            using HttpResponseMessage answer = await app.GetAsync("/");
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        }
        catch (Exception exception) when (exception is FormatException or HttpRequestException)
        {
            // the test server throws what the handler threw; a response that broke off is an exception of the client
        }
    }

    private static Task ThrowAsync(HttpContext context, string when) => when switch
    {
        "synchronously" => throw new FormatException("a stranger's bug"),
        "asynchronously" => YieldAndThrowAsync(),
        "after the response started" => WriteAndThrowAsync(context.Response),
        _ => BufferAndThrow(context.Response),
    };

    private static async Task YieldAndThrowAsync()
    {
        await Task.Yield();
        throw new FormatException("a stranger's bug");
    }

    private static async Task WriteAndThrowAsync(HttpResponse response)
    {
        await response.WriteAsync("half");
        throw new FormatException("a stranger's bug");
    }

    private static Task BufferAndThrow(HttpResponse response)
    {
        System.Buffers.BuffersExtensions.Write(response.BodyWriter, "half"u8);
        throw new FormatException("a stranger's bug");
    }
}
