using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Tests.Running;

/// <summary>The part of the tournament that every change must pass: few scenarios that are soon run, and their best fixed limits, which were searched for once and are kept.</summary>
internal static class ShortTournament
{
    public const int Seeds = 3;

    public const string BestLimitsFile = "tests/Backpressure.Simulation.Tests/Running/best-limits.json";

    public static readonly string[] Names = ["capacity-halves", "connection-pool", "cpu-bound", "dependency-slows", "heavy-tailed", "retry-storm-with-budget", "thrash", "underload"];

    /// <summary>What makes the file anew.</summary>
    public static string Remedy { get; } =
        $"dotnet run -c Release --project tests/Backpressure.Simulation -- tournament --algorithms fixed --seeds {Seeds} --best {BestLimitsFile} "
        + string.Join(' ', Names.Select(name => $"--scenario tests/Backpressure.Simulation/Scenarios/{name}.json"));

    public static Scenario Read(string name) => ScenarioReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "Scenarios", name + ".json"));

    public static BestLimits BestLimits() => Simulation.Running.BestLimits.Load(Path.Combine(AppContext.BaseDirectory, "best-limits.json"));
}
