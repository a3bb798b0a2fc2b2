using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Pictures;

/// <summary>Draws how limits do in a scenario, with its first seed: goodput, p99 and limit over time, and goodput over offered load.</summary>
internal static class ScenarioPicture
{
    private const string Best = "best fixed";
    private const string None = "no limit";
    private const int NoLimit = 1_000_000;
    private static readonly double[] Loads = [0.25, 0.5, 0.75, 1, 1.5, 2, 3]; // times the arrivals of the scenario

    public static string Draw(ScenarioResult result, IReadOnlyList<Contender> contenders, int degree)
    {
        Scenario scenario = result.Scenario;
        LimitParts parts = new(scenario.Limit.Initial, scenario.Limit.Minimum, scenario.Limit.Maximum, scenario.Processors);
        int best = result.Sweeps[0].Best.Limit;
        (string Name, Func<IAlgorithm> Create, QueueOrder Order)[] all =
        [
            .. contenders.Select(one => (one.Name, new Func<IAlgorithm>(() => one.Create(parts)), one.Order)),
            ($"{Best} ({best})", () => new FixedLimit(best), QueueOrder.OldestFirst),
        ];
        (Timeline Timeline, RunResult Result)[] runs = new (Timeline, RunResult)[all.Length];
        Parallel.For(0, all.Length, new ParallelOptions { MaxDegreeOfParallelism = degree }, index =>
        {
            Timeline timeline = new();
            runs[index] = (timeline, new VirtualRun(scenario, scenario.Seed, all[index].Create, all[index].Order, timeline).Run());
        });
        Line[] OverTime(Func<(Timeline Timeline, RunResult Result), IReadOnlyList<double>> values) =>
            [.. all.Select((one, index) => Timed(one.Name, [.. values(runs[index])], isDashed: index == all.Length - 1))];
        return SvgWriter.Write(
            $"{scenario.Name}, seed {scenario.Seed}",
            [
                new Chart("goodput, answers a second", "seconds", false, OverTime(run => run.Timeline.Goodput)),
                new Chart("p99 of each second, ms", "seconds", true, OverTime(run => run.Timeline.P99Ms)),
                new Chart("limit", "seconds", true, OverTime(run => run.Result.Limits)),
                new Chart("goodput over load, mean after the warm-up", "offered, times the arrivals of the scenario", false, OverLoad(scenario, [.. all, (None, () => new FixedLimit(NoLimit), QueueOrder.OldestFirst)], degree)),
            ]);
    }

    private static Line[] OverLoad(Scenario scenario, (string Name, Func<IAlgorithm> Create, QueueOrder Order)[] all, int degree)
    {
        double[,] goodput = new double[all.Length, Loads.Length];
        Parallel.For(0, goodput.Length, new ParallelOptions { MaxDegreeOfParallelism = degree }, cell =>
        {
            (int one, int load) = (cell / Loads.Length, cell % Loads.Length);
            Piecewise arrivals = scenario.Arrivals with { Values = [.. scenario.Arrivals.Values.Select(value => value * Loads[load])] };
            Scenario loaded = scenario with { Arrivals = arrivals, Digest = "" };
            goodput[one, load] = new VirtualRun(loaded, scenario.Seed, all[one].Create, all[one].Order).Run().GoodputPerSecond;
        });
        return [.. all.Select((one, index) => new Line(one.Name, Loads, [.. Loads.Select((_, load) => goodput[index, load])], index >= all.Length - 2))];
    }

    private static Line Timed(string name, double[] values, bool isDashed) => new(name, [.. values.Select((_, second) => second + 0.5)], values, isDashed);
}
