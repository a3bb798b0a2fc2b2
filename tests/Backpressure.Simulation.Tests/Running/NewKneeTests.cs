using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Xunit.Abstractions;

namespace Backpressure.Simulation.Tests.Running;

/// <summary>How soon the server's own limit is near its new place after the capacity or a dependency changed, at 200 completions a second or more.</summary>
/// <remarks>The limit is that outside of probes. It rests a quarter to a half above the knee, so its new place is where it rests: its mean over the second half of the time after the change.
/// The mark is 5 seconds; where it is missed, what is reached is held.</remarks>
public sealed class NewKneeTests(ITestOutputHelper output)
{
    private const int Seeds = 5;

    [Theory]
    [InlineData("capacity-halves", 4, 5)]
    [InlineData("dependency-slows", 404, 5)]
    public void Limit_is_within_a_fifth_of_its_new_place_soon(string name, double knee, double seconds)
    {
        const int change = 60;
        Scenario scenario = ShortTournament.Read(name);
        List<int> reached = [];
        for (ulong seed = scenario.Seed; seed < scenario.Seed + Seeds; seed++)
        {
            double[] limits = new VirtualRun(scenario, seed, () => new OwnLimit(20)).Run().SettledLimits;
            double rest = limits[((change + limits.Length) / 2)..].Average();
            reached.Add(Array.FindIndex(limits, change, limit => Math.Abs(limit - rest) <= 0.2 * rest) - change);
            output.WriteLine($"{name}, seed {seed}: after {reached[^1]} s near {rest:0.#}, which is {rest / knee:0.00} times the knee.");
            Assert.InRange(rest / knee, 1, 1.8);
            Assert.True(limits[change - 1] < 0.8 * rest || limits[change - 1] > 1.2 * rest, $"With seed {seed} it was there before.");
        }

        Assert.InRange(reached.Average(), 0, seconds);
    }
}
