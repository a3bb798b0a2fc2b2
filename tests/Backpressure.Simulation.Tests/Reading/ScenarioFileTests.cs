using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Tests.Reading;

public class ScenarioFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scenarios");
    private static readonly string HeldOut = Path.Combine(Folder, "HeldOut");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_is_read_without_an_error_and_is_named_as_its_scenario(string file)
    {
        Scenario scenario = ScenarioReader.ReadFile(Path.Combine(Folder, file));

        Assert.Equal(Path.GetFileNameWithoutExtension(file), scenario.Name);
    }

    [Fact]
    public void Held_out_file_runs_only_when_it_is_named()
    {
        string[] heldOut = Directory.GetFiles(HeldOut, "*.json");
        (Arguments? unnamed, _) = Arguments.Parse(["tournament"]);
        (Arguments? named, _) = Arguments.Parse(["tournament", "--scenario", heldOut[0]]);

        Assert.NotEmpty(unnamed!.Files);
        Assert.DoesNotContain(unnamed.Files, file => file.Contains("HeldOut", StringComparison.Ordinal));
        Assert.Equal([heldOut[0]], named!.Files);
    }
}
