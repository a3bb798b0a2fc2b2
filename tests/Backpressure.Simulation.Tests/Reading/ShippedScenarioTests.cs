using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;

namespace Backpressure.Simulation.Tests.Reading;

public sealed class ShippedScenarioTests
{
    public static IEnumerable<object[]> Files => Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios"), "*.json").Select(file => new object[] { Path.GetFileName(file) });

    [Theory]
    [MemberData(nameof(Files))]
    public void Shipped_scenario_is_valid_and_named_like_its_file(string file)
    {
        Scenario scenario = ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "Scenarios", file));

        Assert.Equal(Path.GetFileNameWithoutExtension(file), scenario.Name);
        Assert.True(scenario.DurationSeconds - scenario.WarmupSeconds >= 60, "too short to measure anything");
    }

    [Theory]
    [InlineData("cpu-bound", 2)]
    [InlineData("io-heavy", 2)]
    [InlineData("thrash", 2)]
    [InlineData("dependency-slows", 2)]
    [InlineData("cheap-and-dear", 2)]
    [InlineData("bursts", 3)]
    [InlineData("slow-few", 3)]
    [InlineData("underload", 0.5)]
    [InlineData("capacity-halves", 4)]
    public void Load_of_a_shipped_scenario_is_what_its_purpose_asks_for(string name, double offered) =>
        Assert.Equal(offered, ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "Scenarios", $"{name}.json")).OfferedShare, 0.01);
}
