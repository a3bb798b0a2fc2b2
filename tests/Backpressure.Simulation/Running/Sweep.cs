using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Running;

/// <summary>Finds the best fixed limit of a scenario for one seed: the smallest whose goodput is within 1% of the highest.</summary>
/// <remarks>Coarse steps first, until more permits change nothing or only do harm; then fine ones around the highest, and below the smallest that is good enough.</remarks>
internal sealed class Sweep
{
    private const int Highest = 100_000;
    private const double CoarseStep = 1.3;
    private const double FineStep = 1.06;
    private const double GoodEnough = 0.99;
    private const double Bad = 0.8; // of the highest: this bad so many times in a row, and no higher limit is tried
    private const int BadInARow = 3;

    private readonly Scenario _scenario;
    private readonly ulong _seed;
    private readonly ParallelOptions _parallel;
    private readonly SortedDictionary<int, SweepPoint> _points = [];

    private Sweep(Scenario scenario, ulong seed, int degree)
    {
        _scenario = scenario;
        _seed = seed;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = degree };
    }

    /// <param name="scenario">The scenario.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="degree">How many runs at once.</param>
    public static SweepResult Run(Scenario scenario, ulong seed, int degree)
    {
        Sweep sweep = new(scenario, seed, degree);
        sweep.TryCoarse();
        SweepPoint top = sweep.Top;
        sweep.Try(Between(top.Limit / CoarseStep, top.Limit * CoarseStep));
        int smallest = sweep.Smallest.Limit;
        sweep.Try(Between(smallest / CoarseStep, smallest));
        return new SweepResult(sweep.Smallest, [.. sweep._points.Values]);
    }

    /// <summary>What counts: requests, or work where some of them need more than others.</summary>
    public static double ValueOf(Scenario scenario, RunResult result)
    {
        double[] work = scenario.Work();
        return work.All(one => one == work[0]) ? result.GoodputPerSecond : result.WorkPerSecond;
    }

    private SweepPoint Top => _points.Values.MaxBy(point => point.Value)!;

    private SweepPoint Smallest => _points.Values.First(point => point.Value >= GoodEnough * Top.Value);

    private void TryCoarse()
    {
        int[] limits = [.. Between(1, Highest, CoarseStep)];
        for (int next = 0; next < limits.Length && !IsEnough();)
        {
            int batch = Math.Min(_parallel.MaxDegreeOfParallelism, limits.Length - next);
            Try(limits.AsSpan(next, batch).ToArray());
            next += batch;
        }
    }

    private bool IsEnough() => _points.Count > 0
        && (_points.Last().Value.Result.PeakInFlight < _points.Last().Key
            || (_points.Count >= BadInARow && _points.Values.TakeLast(BadInARow).All(point => point.Value < Bad * Top.Value)));

    private void Try(IEnumerable<int> limits)
    {
        int[] missing = [.. limits.Where(limit => !_points.ContainsKey(limit))];
        SweepPoint[] found = new SweepPoint[missing.Length];
        Parallel.For(0, missing.Length, _parallel, index =>
        {
            RunResult result = new VirtualRun(_scenario, _seed, () => new FixedLimit(missing[index])).Run();
            found[index] = new SweepPoint(missing[index], ValueOf(_scenario, result), result);
        });
        foreach (SweepPoint point in found)
        {
            _points.Add(point.Limit, point);
        }
    }

    private static IEnumerable<int> Between(double from, double to, double step = FineStep)
    {
        int last = 0;
        for (double at = Math.Max(1, from); at <= to; at = Math.Max(at * step, last + 1))
        {
            last = (int)Math.Round(at);
            yield return last;
        }
    }
}
