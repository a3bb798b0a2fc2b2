using System.Net;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Telemetry;

/// <summary>Every arrival has one end, in the snapshot and in the metrics alike (R6).</summary>
public sealed class ConservationTests
{
    [Fact]
    public async Task A_flood_of_every_kind_of_request_adds_up_exactly()
    {
        const int Total = 400;
        int executed = 0;
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = AppSetup.Limited(3, 4) + (options =>
            {
                options.Queue.MaximumWait = TimeSpan.FromMilliseconds(3);
                options.Policies["capped"] = new() { Limit = { Maximum = 1 }, Queue = { Capacity = 2 } };
            }),
            Endpoints = endpoints =>
            {
                Func<HttpContext, Task<string>> handler = async context =>
                {
                    Interlocked.Increment(ref executed);
                    await Task.Yield();
                    return context.Request.Query["n"].Count > 0 ? throw new FormatException("a stranger's bug") : "served";
                };
                endpoints.MapGet("/", handler);
                endpoints.MapGet("/capped", handler).RequireBackpressure("capped");
            },
        });
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        Random random = new(1);
        List<Task> all = [];
        for (int i = 0; i < Total; i++)
        {
            all.Add(SendAsync(app, random.Next(2) == 0 ? "/" : "/capped", random.Next(8)));
            if (i % 10 == 0)
            {
                app.Time.Advance(TimeSpan.FromMilliseconds(1));
            }
        }

        await Eventually.HoldsAsync(() =>
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(1));
            return all.TrueForAll(task => task.IsCompleted);
        });
        await Task.WhenAll(all);
        await app.IsIdleAsync();

        BackpressureSnapshot snapshot = app.Monitor.GetSnapshot();
        Assert.All(snapshot.Policies, policy => Assert.Equal(policy.Arrivals, policy.Admitted + policy.Shed + policy.Cancelled + policy.Queued));
        Assert.Equal(snapshot.Policies.Sum(policy => policy.Arrivals), requests.Sum());
        foreach (BackpressurePolicySnapshot policy in snapshot.Policies)
        {
            Assert.Equal(policy.Admitted, requests.Sum("admitted", policy.Policy));
            Assert.Equal(policy.Cancelled, requests.Sum("request_canceled", policy.Policy));
            Assert.All(policy.ShedByReason, shed => Assert.Equal(shed.Value, requests.Sum(ResultText.Of(shed.Key), policy.Policy)));
        }

        Assert.Equal(snapshot.Policies.Sum(policy => policy.Admitted), executed);
        Assert.Contains(snapshot.Policies, policy => policy.Shed > 0);
        Assert.Contains(snapshot.Policies, policy => policy.Admitted > 0);
    }

    /// <summary>One request of a kind: plain, failing, a retry, without time, or leaving soon.</summary>
    private static async Task SendAsync(App app, string path, int kind)
    {
        using CancellationTokenSource caller = new();
        using HttpRequestMessage request = new(HttpMethod.Get, kind == 1 ? $"{path}?n=1" : path);
        if (kind is 2 or 3)
        {
            request.Headers.Add("Retry-Attempt", "1");
        }

        request.Headers.Add("Request-Timeout-Ms", kind == 4 ? "0" : "5000");
        try
        {
            Task<HttpResponseMessage> answer = app.Client.SendAsync(request, caller.Token);
            if (kind == 5)
            {
                await caller.CancelAsync();
            }

            using HttpResponseMessage received = await answer;
            Assert.True(received.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{received.StatusCode}");
        }
        catch (Exception exception) when (exception is FormatException or OperationCanceledException)
        {
            // what the handler threw, or this caller's own leaving
        }
    }
}
