using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Tests.Running;

/// <summary>Holds the server's own limit to the bar of its scenarios.</summary>
public sealed class ShortTournamentTests
{
    public static TheoryData<string> Names => [.. ShortTournament.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Own_limit_meets_the_bar(string name)
    {
        Scenario scenario = ShortTournament.Read(name);
        Contender own = AlgorithmCatalog.Contenders.Single(one => one.Name == "ours");

        ScenarioResult result = Assert.Single(new Tournament([own], ShortTournament.Seeds, degree: 1, ShortTournament.BestLimits()).Run([scenario]));

        ContenderResult ours = Assert.Single(result.Contenders);
        Assert.True(ours.MeetsBar, $"{name}, {ShortTournament.Seeds} seeds from {scenario.Seed}: {ours.Share:P1} of the best goodput, {ours.WorstShare:P1} at the worst, p99 {ours.P99Ratio:0.00}x; {string.Join(", ", ours.Misses)}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Kept_best_limits_are_those_of_this_scenario_and_this_engine(string name)
    {
        Scenario scenario = ShortTournament.Read(name);
        BestLimits kept = ShortTournament.BestLimits();

        for (ulong seed = scenario.Seed; seed < scenario.Seed + ShortTournament.Seeds; seed++)
        {
            Assert.True(kept.Find(scenario, seed) is not null, $"No best limit is kept for {name} as it is now and seed {seed}. Make them anew: {ShortTournament.Remedy}");
        }

        Assert.True(kept.Run(scenario, scenario.Seed) is not null, $"The best limit that is kept for {name} does not come to what it came to then: the engine is another. Make them anew: {ShortTournament.Remedy}");
    }
}
