using Backpressure.AspNetCore;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>The package's default options in front of a service of known capacity: from its initial value the limit finds what keeps the service busy, and a flood of any size leaves goodput and latency where they were.</summary>
[Collection(TimingSensitive.Name)]
public sealed class AdaptiveFloodTests(ITestOutputHelper output)
{
    private const int Rounds = 5;

    private static readonly double[] Overloads = [2, 5, 10];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FloodTakes = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan CapacityTakes = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Bearable = TimeSpan.FromMilliseconds(150); // lateness of a generator of ten times the capacity that has the processors not for itself
    private static readonly FloodSetup Setup = new() { IsAdaptive = true, Permits = 8, ServiceTime = TimeSpan.FromMilliseconds(40) };

    [Fact] // R1, DESIGN 12
    public async Task The_limit_finds_the_service_and_floods_leave_goodput_and_latency_where_they_were()
    {
        await using FloodedApp app = await FloodedApp.StartAsync(Setup);
        using LoadClient client = new(TimerFdTimeProvider.Shared);
        using OpenLoop flood = new(TimerFdTimeProvider.Shared);
        await flood.RunAsync(PlanOf(app, Overloads[1], Settling));

        List<AdaptiveRound> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            await CalmAsync(app);
            double capacity = await ClosedLoop.MeasureAsync(client, app.Work, Setup.Version, Setup.Permits, CapacityTakes);
            LoadReport unloaded = await flood.RunAsync(PlanOf(app, 0.4, CapacityTakes));
            foreach (double overload in Overloads)
            {
                rounds.Add(await ValidRun.OfAsync(
                    async () => new AdaptiveRound(overload, capacity, await flood.RunAsync(PlanOf(app, overload, FloodTakes)), unloaded), one => one.Report, Bearable));
            }
        }

        foreach (AdaptiveRound round in rounds)
        {
            output.WriteLine(round.ToString());
        }

        BackpressurePolicySnapshot policy = app.Monitor.GetSnapshot().Policies[0];
        output.WriteLine(string.Join(", ", policy.Adaptive!.Moves.Select(move => $"{move.From} to {move.To}: {move.Reason} {move.Ago.TotalSeconds:F1} s ago")));
        Assert.All(Overloads, overload => AssertHeld([.. rounds.Where(round => round.Overload == overload)]));
        Assert.Contains(policy.Adaptive.Moves, move => move.Reason == "probe_down");
        Assert.All(policy.Adaptive.Moves.Where(move => move.Reason is not ("probe_down" or "cold_start")), move => Assert.InRange(move.To, Setup.Permits / 2, 4 * Setup.Permits));
    }

    /// <summary>By medians of the rounds, as others may use the machine: the figures of a quiet one are in the documents.</summary>
    private static void AssertHeld(AdaptiveRound[] rounds)
    {
        double overload = rounds[0].Overload;
        double share = Median(rounds.Select(round => round.Goodput / round.Capacity));
        double excess = Median(rounds.Select(round => round.P99Ms - (2 * round.UnloadedP99Ms) - LateBy(round.Report)));
        Assert.True(share >= 0.9, $"at {overload} times the capacity {share:P1} of it was served");
        Assert.True(excess <= 80, $"at {overload} times the capacity the 99th percentile lies {excess:F0} ms above twice that of the unloaded service");
    }

    /// <summary>What the generator was late with beyond what it always may, in milliseconds: latencies count from when a request was due.</summary>
    private static double LateBy(LoadReport report) => Math.Max(0, (report.LatenessP99 - LoadReport.AllowedLateness).TotalMilliseconds);

    /// <summary>Waits until the server does not count as pressed any more.</summary>
    private static async Task CalmAsync(FloodedApp app)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50), TimerFdTimeProvider.Shared);
        for (int look = 0; look < 200 && app.Monitor.GetSnapshot().Pressure > 0; look++)
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private static LoadPlan PlanOf(FloodedApp app, double overload, TimeSpan duration) =>
        new() { Target = app.Work, Version = Setup.Version, PerSecond = overload * Setup.NominalCapacityPerSecond, Duration = duration, Seed = Seed.Next() };

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
