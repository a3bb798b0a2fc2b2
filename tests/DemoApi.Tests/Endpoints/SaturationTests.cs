using System.Net;
using System.Text.Json;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

public sealed class SaturationTests
{
    private static readonly Dictionary<string, string?> OneAtATime = new()
    {
        ["Backpressure__Limit__Algorithm"] = "Fixed",
        ["Backpressure__Limit__Maximum"] = "1",
        ["Backpressure__Queue__Capacity"] = "0",
    };


    [Fact]
    public async Task While_the_gate_is_full_work_is_refused_and_whoever_watches_is_served() // C21
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(OneAtATime);
        using CancellationTokenSource client = new();
        Task<HttpResponseMessage> holder = demo.Client.GetAsync("/work?ioMs=60000", client.Token);
        await UntilActiveAsync(demo.Client, 1);

        using HttpResponseMessage work = await demo.Client.GetAsync("/work");
        using HttpResponseMessage write = await demo.Client.PutAsync("/kv/a", new StringContent("1"));

        await work.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("reason=queue-full", work.Headers.GetValues("Backpressure").Single());
        Assert.True(work.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        await write.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        foreach (string watched in (string[])["/healthz/live", "/healthz/ready", "/metrics", "/backpressure", "/"])
        {
            Assert.Equal(HttpStatusCode.OK, (await demo.Client.GetAsync(watched)).StatusCode);
        }

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holder);
        await UntilActiveAsync(demo.Client, 0);
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Client.GetAsync("/kv/a")).StatusCode); // what was refused was not executed
        Assert.DoesNotContain("fail:", demo.Output.Text, StringComparison.Ordinal); // a caller who leaves is no failure of ours
    }

    /// <summary>Asks until so many permits are in use; each answer is awaited, so nothing spins. The test runner's patience ends it when it never comes.</summary>
    private static async Task UntilActiveAsync(HttpClient client, int expected)
    {
        int active;
        do
        {
            active = JsonDocument.Parse(await client.GetStringAsync("/backpressure")).RootElement.GetProperty("active").GetInt32();
        }
        while (active != expected);
    }
}
