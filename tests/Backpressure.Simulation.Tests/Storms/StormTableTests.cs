using Backpressure.Simulation.Storms;

namespace Backpressure.Simulation.Tests.Storms;

public sealed class StormTableTests
{
    private static readonly int[] Calm = [.. Enumerable.Repeat(100, TriggerStorm.TriggerTo + 10)];

    [Fact]
    public void Table_has_a_line_for_each_storm_and_for_each_defence_the_worst_of_its_seeds()
    {
        string[] lines = StormTable.Write(new StormResults(
            [new TierStormResult(FailureKind.Refuses, "backpressure", false, 100, 100, 100, 100, 110, 100, 10, 0)],
            [Storm(Defence.Both, seed: 1, lateUntil: 0), Storm(Defence.Both, seed: 2, lateUntil: 3), Storm(Defence.None, seed: 1, lateUntil: 10)],
            [new ForeignStormResult("sdk", 100, 100, 10, 20, 10, 0.98, 0.97, 30, 32)],
            [new HerdStormResult("all at once", 1000, 0, 1000, 2, 2.1, 1000), new HerdStormResult("spread", 1000, 0, 1000, 2, 5, 45)])).Split('\n');

        Assert.Equal("| refuses | 500 | backpressure | 100 | 100 | 100 | 110 | 1.10x | 1.10x |", Line("| refuses"));
        Assert.Equal("| server and client | 2 | 0 s | 3 s | 3 s (seed 2) | 100.0% | 100.0% | 100.0% |", Line("| server and client"));
        Assert.StartsWith("| none | 1 | never | never | never (seed 1) |", Line("| none"), StringComparison.Ordinal);
        Assert.Equal("| sdk | 100 | 10 | 1.10x | 20 | 10 | 98.0% | 97.0% | 30 | 32 |", Line("| sdk"));
        Assert.EndsWith("| yes |", Line("| all at once"), StringComparison.Ordinal);
        Assert.EndsWith("| no |", Line("| spread"), StringComparison.Ordinal);

        string Line(string start) => Assert.Single(lines, line => line.StartsWith(start, StringComparison.Ordinal));
    }

    /// <param name="defence">What it is of.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="lateUntil">So many seconds after the trigger half of the calls are late.</param>
    private static TriggerStormResult Storm(Defence defence, ulong seed, int lateUntil)
    {
        int[] good = [.. Calm.Select((calls, second) => second >= TriggerStorm.TriggerTo && second < TriggerStorm.TriggerTo + lateUntil ? calls / 2 : calls)];
        return new TriggerStormResult(defence, seed, Calm, good, Calm, Calm, []);
    }
}
