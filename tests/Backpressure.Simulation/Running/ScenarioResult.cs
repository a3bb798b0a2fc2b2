using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Running;

/// <summary>What a tournament found in one scenario.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Sweeps">The fixed limits of each seed.</param>
/// <param name="Contenders">The results, in the order in which they were asked for.</param>
/// <param name="IsUnderload">Whether the load is such that nothing may be refused.</param>
internal sealed record ScenarioResult(Scenario Scenario, SweepResult[] Sweeps, ContenderResult[] Contenders, bool IsUnderload)
{
    public double MeanOfBest(Func<SweepPoint, double> value) => Sweeps.Average(sweep => value(sweep.Best));
}
