using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Running;

/// <summary>What a contender came to in a scenario.</summary>
internal sealed record ContenderResult(string Name, SeedRun[] Seeds, string[] Misses)
{
    public double Share => Seeds.Average(one => one.Share);

    public double WorstShare => Seeds.Min(one => one.Share);

    public double P99Ratio => Seeds.Average(one => one.P99Ratio);

    public bool MeetsBar => Misses.Length == 0;

    public double Mean(Func<RunResult, double> value) => Seeds.Average(one => value(one.Result));

    /// <param name="name">Its name.</param>
    /// <param name="seeds">Its runs.</param>
    /// <param name="bar">What is asked for.</param>
    /// <param name="mayShed">Whether the load is such that a request may be refused.</param>
    public static ContenderResult Judge(string name, SeedRun[] seeds, Bar bar, bool mayShed)
    {
        ContenderResult result = new(name, seeds, []);
        List<string> misses = [];
        Miss(misses, !(result.Share >= bar.GoodputShare), $"goodput below {bar.GoodputShare:P0}");
        Miss(misses, !(result.P99Ratio <= bar.P99Ratio), $"p99 above {bar.P99Ratio:0.0#}x");
        Miss(misses, !(result.WorstShare >= Bar.WorstGoodputShare), $"a seed below {Bar.WorstGoodputShare:P0}");
        Miss(misses, !mayShed && seeds.Any(one => one.Result.AllSheds > 0), "shed while there was room");
        return result with { Misses = [.. misses] };
    }

    private static void Miss(List<string> misses, bool isMissed, string what)
    {
        if (isMissed)
        {
            misses.Add(what);
        }
    }
}
