using System.Net;
using Backpressure.AspNetCore;
using DemoApi.Tests.Hosting;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A handler that computes and never waits holds its thread, so that a flood queues in front of the gate, in the thread pool (rule 4.11). In a process of its own, with the limit that finds itself.</summary>
[Collection(TimingSensitive.Name)]
public sealed class ProcessorBoundFloodTests(ITestOutputHelper output)
{
    private const int Rounds = 5;
    private const double Overload = 5;
    private const double WorkSeconds = 0.02;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FloodTakes = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan CapacityTakes = TimeSpan.FromSeconds(1);

    [Fact] // DESIGN 12, with room for a generator that computes on the same processors
    public async Task A_flood_of_a_synchronous_handler_leaves_goodput_latency_and_health_probes_where_they_were()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(new Dictionary<string, string?>
        {
            ["Backpressure__Queue__Capacity"] = "100", // the package's own default
        });
        Uri work = new(demo.Address, "/work?cpuMs=20");
        using LoadClient client = new(TimerFdTimeProvider.Shared);
        using OpenLoop flood = new(TimerFdTimeProvider.Shared);
        double nominal = Environment.ProcessorCount / WorkSeconds;
        await flood.RunAsync(PlanOf(work, Overload * nominal, Settling)); // a new process cannot be measured yet: its code is still being compiled

        List<AdaptiveRound> rounds = [];
        List<double> probes = [];
        for (int round = 0; round < Rounds; round++)
        {
            await demo.CalmAsync();
            double capacity = await ClosedLoop.MeasureAsync(client, work, HttpVersion.Version11, Environment.ProcessorCount, CapacityTakes);
            LoadReport unloaded = await flood.RunAsync(PlanOf(work, 0.3 * capacity, CapacityTakes));
            rounds.Add(await ValidRun.OfAsync(
                async () =>
                {
                    Task<LoadReport> health = flood.RunAsync(PlanOf(new Uri(demo.Address, "/healthz/live"), 20, FloodTakes));
                    LoadReport report = await flood.RunAsync(PlanOf(work, Overload * capacity, FloodTakes));
                    probes.Add((await health).Exchanges.Max(probe => probe.Latency.TotalMilliseconds));
                    return new AdaptiveRound(Overload, capacity, report, unloaded);
                },
                one => one.Report));
        }

        foreach (AdaptiveRound round in rounds)
        {
            output.WriteLine(round.ToString());
        }

        output.WriteLine("slowest health probes: " + string.Join(", ", probes.Select(probe => $"{probe:F0} ms")));
        double share = Median(rounds.Select(round => round.Goodput / round.Capacity));
        double excess = Median(rounds.Select(round => (round.P99Ms - (2 * round.UnloadedP99Ms)) * (round.Capacity / nominal))); // where others use the processors, too, all takes so much longer
        Assert.True(share >= 0.75, $"{share:P1} of the capacity was served");
        Assert.True(excess <= 150, $"the 99th percentile lies {excess:F0} ms of undisturbed processors above twice that of the unloaded service");
        Assert.True(Median(probes) <= 250, $"the slowest health probe took {Median(probes):F0} ms");
    }

    private static LoadPlan PlanOf(Uri target, double perSecond, TimeSpan duration) =>
        new() { Target = target, PerSecond = perSecond, Duration = duration, Seed = Seed.Next() };

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
