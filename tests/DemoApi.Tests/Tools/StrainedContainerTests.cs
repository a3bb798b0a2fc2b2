using System.Net;
using System.Text.Json;
using Backpressure.AspNetCore;
using DemoApi.Tests.Hosting;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Tools;

/// <summary>The server in a container with half a processor and little memory, where the kernel holds it back for a part of each tenth of a second.</summary>
[Collection(TimingSensitive.Name)]
public sealed class StrainedContainerTests(ITestOutputHelper output)
{
    private const double Overload = 5;
    private const int Rounds = 3;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FloodTakes = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CapacityTakes = TimeSpan.FromSeconds(1.5);

    [ToolFact("podman")]
    public async Task A_flood_moves_the_limit_for_a_reason_and_leaves_goodput_and_process_alive()
    {
        await using Container container = new("--cpus", "0.5", "--memory", "256m", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096");
        await using DemoProcess demo = await DemoProcess.StartAsync(tracer: container.Command);
        Uri work = new(demo.Address, "/work?cpuMs=10");
        using LoadClient client = new(TimerFdTimeProvider.Shared);
        using OpenLoop flood = new(TimerFdTimeProvider.Shared);
        double nominal = await ClosedLoop.MeasureAsync(client, work, HttpVersion.Version11, clients: 2, CapacityTakes);
        await flood.RunAsync(PlanOf(work, Overload * nominal, Settling));

        List<double> shares = [];
        List<double> strains = [];
        for (int round = 0; round < Rounds; round++)
        {
            await demo.CalmAsync();
            double capacity = await ClosedLoop.MeasureAsync(client, work, HttpVersion.Version11, clients: 2, CapacityTakes);
            LoadReport report = await ValidRun.OfAsync(() => flood.RunAsync(PlanOf(work, Overload * capacity, FloodTakes)), one => one);
            shares.Add(report.GoodputPerSecond(TimeSpan.FromSeconds(0.5), FloodTakes, TimeSpan.MaxValue) / capacity);
            strains.Add((await AdaptiveAsync(demo)).GetProperty("strain").GetDouble());
            output.WriteLine($"capacity {capacity:F1}/s, share {shares[^1]:P0}, strain {strains[^1]:F2}; {report}");
        }

        JsonElement adaptive = await AdaptiveAsync(demo);
        output.WriteLine(adaptive.ToString());
        Assert.All(adaptive.GetProperty("moves").EnumerateArray(), move => Assert.NotEqual("", move.GetProperty("reason").GetString()));
        Assert.NotEmpty(adaptive.GetProperty("moves").EnumerateArray());
        Assert.All(strains, strain => Assert.InRange(strain, 0, 0.95)); // 0 where others leave it not even its half
        Assert.True(shares.Order().ElementAt(Rounds / 2) >= 0.7, $"{shares.Order().ElementAt(Rounds / 2):P0} of the capacity was served");
        Assert.Equal(HttpStatusCode.OK, (await demo.Client.GetAsync("/healthz/live")).StatusCode);
        Assert.DoesNotContain("fail:", demo.Output.Text, StringComparison.Ordinal);
        Assert.Equal(0, await demo.TerminateAsync());
    }

    private static async Task<JsonElement> AdaptiveAsync(DemoProcess demo)
    {
        using JsonDocument status = JsonDocument.Parse(await demo.Client.GetStringAsync("/backpressure"));
        return status.RootElement.GetProperty("policies")[0].GetProperty("adaptive").Clone();
    }

    private static LoadPlan PlanOf(Uri target, double perSecond, TimeSpan duration) =>
        new() { Target = target, PerSecond = perSecond, Duration = duration, Seed = Seed.Next() };
}
