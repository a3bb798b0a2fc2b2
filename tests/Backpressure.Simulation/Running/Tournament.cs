using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Running;

/// <summary>Lets limits run against each other and against the best fixed one: in each scenario, with each seed, all of them meet the same requests.</summary>
internal sealed class Tournament
{
    private const int NoLimit = 1_000_000;

    private readonly IReadOnlyList<Contender> _contenders;
    private readonly int _seeds;
    private readonly int _degree;
    private readonly BestLimits _best;
    private long _calls; // Interlocked only
    private long _events; // Interlocked only

    /// <param name="contenders">Who takes part.</param>
    /// <param name="seeds">With how many seeds, from the scenario's own on.</param>
    /// <param name="degree">How many runs at once.</param>
    /// <param name="best">Best limits that were found before; gets those that are found. <see langword="null"/> for none.</param>
    public Tournament(IReadOnlyList<Contender> contenders, int seeds, int degree, BestLimits? best = null)
    {
        _best = best ?? new BestLimits();
        _contenders = contenders;
        _seeds = seeds;
        _degree = degree;
    }

    /// <summary>Logical requests that were simulated so far.</summary>
    public long Calls => Volatile.Read(ref _calls);

    public long Events => Volatile.Read(ref _events);

    public ScenarioResult[] Run(IReadOnlyList<Scenario> scenarios)
    {
        (Scenario Scenario, ulong Seed)[] cells = [.. scenarios.SelectMany(scenario => Enumerable.Range(0, _seeds).Select(index => (scenario, scenario.Seed + (ulong)index)))];
        (SweepResult Sweep, SeedRun[] Runs, bool IsUnderload)[] found = new (SweepResult, SeedRun[], bool)[cells.Length];
        Parallel.For(0, cells.Length, new ParallelOptions { MaxDegreeOfParallelism = _degree }, index => found[index] = Run(cells[index].Scenario, cells[index].Seed));
        return [.. scenarios.Select((scenario, index) => Gather(scenario, found.AsSpan(index * _seeds, _seeds).ToArray()))];
    }

    private ScenarioResult Gather(Scenario scenario, (SweepResult Sweep, SeedRun[] Runs, bool IsUnderload)[] seeds)
    {
        bool isUnderload = seeds.All(seed => seed.IsUnderload);
        return new ScenarioResult(
            scenario,
            [.. seeds.Select(seed => seed.Sweep)],
            [.. _contenders.Select((contender, index) => ContenderResult.Judge(contender.Name, [.. seeds.Select(seed => seed.Runs[index])], scenario.Bar, !isUnderload))],
            isUnderload);
    }

    private (SweepResult Sweep, SeedRun[] Runs, bool IsUnderload) Run(Scenario scenario, ulong seed)
    {
        SweepResult sweep = FindBest(scenario, seed);
        foreach (SweepPoint point in sweep.Points)
        {
            Count(point.Result);
        }

        bool isUnderload = scenario.OfferedShare <= Scenario.UnderloadShare && Run(scenario, seed, () => new FixedLimit(NoLimit)).Timeouts == 0;
        return (sweep, [.. _contenders.Select(contender => Run(scenario, seed, contender, sweep.Best))], isUnderload);
    }

    private SweepResult FindBest(Scenario scenario, ulong seed)
    {
        if (_best.Run(scenario, seed) is { } known)
        {
            return new SweepResult(known, [known]);
        }

        SweepResult sweep = Sweep.Run(scenario, seed, _degree);
        _best.Note(scenario, seed, sweep.Best);
        return sweep;
    }

    private SeedRun Run(Scenario scenario, ulong seed, Contender contender, SweepPoint best)
    {
        LimitParts parts = new(scenario.Limit.Initial, scenario.Limit.Minimum, scenario.Limit.Maximum, scenario.Processors);
        RunResult result = Run(scenario, seed, () => contender.Create(parts), contender.Order);
        double share = best.Value > 0 ? Sweep.ValueOf(scenario, result) / best.Value : 1;
        return new SeedRun(seed, result, share, result.P99Ms / best.Result.P99Ms);
    }

    private RunResult Run(Scenario scenario, ulong seed, Func<IAlgorithm> create, AspNetCore.QueueOrder order = AspNetCore.QueueOrder.OldestFirst) =>
        Count(new VirtualRun(scenario, seed, create, order).Run());

    private RunResult Count(RunResult result)
    {
        Interlocked.Add(ref _calls, result.Calls);
        Interlocked.Add(ref _events, result.Events);
        return result;
    }
}
