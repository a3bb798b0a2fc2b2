using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>Small scenarios: one station, patient clients, an unbounded queue, unless a test says otherwise.</summary>
internal static class TestScenario
{
    public const int NoLimit = 1_000_000;

    public static readonly TimeSpan Patience = TimeSpan.FromHours(10);

    public static Scenario With(
        double perSecond, StationKind kind, int servers, double meanMs, DistributionKind distribution = DistributionKind.Exponential, double cv = 1, double seconds = 1000, double warmup = 20) => new()
        {
            Name = "test",
            DurationSeconds = seconds,
            WarmupSeconds = warmup,
            Seed = 1,
            Arrivals = Always(perSecond),
            Stations = [new StationModel("station", kind, kind == StationKind.Delay ? null : Always(servers), null, 0)],
            Classes = [new ClassModel("request", 1, [new StepModel(0, distribution, Always(meanMs), cv)])],
            Clients = new ClientModel(Patience, 1, null, TimeSpan.Zero),
            Queue = new QueueModel(NoLimit, Patience),
            Limit = new LimitModel(null, 1, 1000),
            Bar = Bar.Usual,
        };

    public static Piecewise Always(double value) => new([0], [value]);

    public static RunResult Run(this Scenario scenario, int limit, ulong seed = 1) => scenario.Run(new FixedLimit(limit), seed);

    public static RunResult Run(this Scenario scenario, IAlgorithm algorithm, ulong seed = 1) => new VirtualRun(scenario, seed, () => algorithm).Run();

    /// <summary>Asserts that a measured value is what theory says, but for a share of it.</summary>
    public static void AssertNear(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * expected, $"Expected {expected} ± {tolerance:P1}, measured {actual}.");
}
