using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Storms;

/// <summary>The servers that storms go over.</summary>
internal static class StormScenario
{
    public const int NoLimit = 1_000_000;

    private static readonly QueueModel UsualQueue = new(100, TimeSpan.FromSeconds(1)); // the server's own defaults

    /// <summary>Processors that requests share.</summary>
    public static Scenario Processors(Piecewise count, double meanMs, double seconds) =>
        Of(seconds, new StationModel("cpu", StationKind.ProcessorSharing, count, null, 0), meanMs, DistributionKind.Exponential);

    /// <summary>A server that takes requests and does nothing any more.</summary>
    public static Scenario Stalled(double seconds, int instances = 1, int queue = 100) =>
        Of(seconds, new StationModel("disk", StationKind.FirstComeFirstServed, Always(0), null, 0), 1, DistributionKind.Constant) with
        {
            Instances = InstancesModel.One with { Slowness = [.. Enumerable.Repeat(Always(1), instances)] },
            Queue = UsualQueue with { Capacity = queue },
        };

    /// <summary>A server whose every request ends in an error.</summary>
    public static Scenario Failing(double seconds)
    {
        Scenario scenario = Of(seconds, new StationModel("net", StationKind.Delay, null, null, 0), 1, DistributionKind.Constant);
        return scenario with { Classes = [scenario.Classes[0] with { Failures = new FailureModel(Always(1), 5) }] };
    }

    /// <summary>A server that calls another one.</summary>
    public static Scenario Calling(double seconds) => Of(seconds, new StationModel("behind", StationKind.Call, null, null, 0), 0, DistributionKind.Constant);

    public static Piecewise Always(double value) => new([0], [value]);

    private static Scenario Of(double seconds, StationModel station, double meanMs, DistributionKind distribution) => new()
    {
        Name = station.Name,
        DurationSeconds = seconds,
        WarmupSeconds = 0,
        Seed = 1,
        Arrivals = Always(0), // the population's
        Stations = [station],
        Classes = [new ClassModel("request", 1, [new StepModel(0, distribution, Always(meanMs), 1)])],
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
        Queue = UsualQueue,
        Limit = new LimitModel(null, 1, 1000),
        Bar = Bar.Usual,
    };
}
