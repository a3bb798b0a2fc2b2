using Backpressure.Simulation.Reading;

namespace Backpressure.Simulation.Tests.Reading;

/// <summary>Each file is read by ScenarioFileTests; here the load of some is held to what they are for.</summary>
public sealed class ShippedScenarioTests
{
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
    [InlineData("synchronous-service", 2)]
    [InlineData("synchronous-service-5x", 5)]
    public void Load_of_a_shipped_scenario_is_what_its_purpose_asks_for(string name, double offered) =>
        Assert.Equal(offered, ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "Scenarios", $"{name}.json")).OfferedShare, 0.01);
}
