using Backpressure.Simulation.Model;
using Backpressure.Simulation.Running;
using Backpressure.Simulation.Tests.Engine;

namespace Backpressure.Simulation.Tests.Running;

public sealed class SweepTests
{
    private static readonly Scenario Short = TestScenario.With(perSecond: 1600, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 16, warmup: 4) with
    {
        Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
    };

    [Theory]
    [InlineData(null)]
    [InlineData(16.0)]
    public void Best_limit_is_as_good_as_what_trying_all_of_them_finds_and_no_higher(double? thrashAbove)
    {
        Scenario scenario = Short with { Stations = [Short.Stations[0] with { ThrashAbove = thrashAbove, ThrashFactor = 0.05 }] };
        double[] goodput = [.. Enumerable.Range(1, 60).Select(limit => scenario.Run(limit).GoodputPerSecond)];
        int best = 1 + Array.FindIndex(goodput, one => one >= 0.99 * goodput.Max());

        SweepResult sweep = Sweep.Run(scenario, seed: 1, degree: 2);

        Assert.InRange(sweep.Best.Limit, 1, best + 1); // below it only where a limit that was not tried is the luckiest
        Assert.InRange(sweep.Best.Value, 0.98 * goodput.Max(), goodput.Max());
        Assert.Equal(goodput[sweep.Best.Limit - 1], sweep.Best.Value);
        Assert.InRange(sweep.Points.Length, 10, 60);
    }

    [Fact]
    public void Sweep_ends_where_more_permits_change_nothing()
    {
        Scenario scenario = TestScenario.With(perSecond: 100, StationKind.Delay, servers: 0, meanMs: 100, seconds: 60);

        SweepResult sweep = Sweep.Run(scenario, seed: 1, degree: 1);

        Assert.InRange(sweep.Best.Limit, 10, 13); // 10 are in flight on average, and the queue is patient
        Assert.InRange(sweep.Points[^1].Limit, 20, 60);
    }

    [Fact]
    public void Work_counts_where_some_requests_need_more_than_others()
    {
        Scenario mixed = Short with
        {
            Classes =
            [
                new ClassModel("cheap", 0.9, [new StepModel(0, DistributionKind.Exponential, TestScenario.Always(2), 1)]),
                new ClassModel("dear", 0.1, [new StepModel(0, DistributionKind.Exponential, TestScenario.Always(100), 1)]),
            ],
        };

        Assert.Equal([0.002, 0.1], mixed.Work());
        Assert.Equal(Short.Run(20).GoodputPerSecond, Sweep.ValueOf(Short, Short.Run(20)));
        Assert.Equal(mixed.Run(20).WorkPerSecond, Sweep.ValueOf(mixed, mixed.Run(20)));
    }

    [Fact]
    public void Waiting_for_somebody_far_away_is_no_work_unless_there_is_nothing_else()
    {
        StationModel[] stations = [Short.Stations[0], new StationModel("net", StationKind.Delay, null, null, 0)];
        ClassModel near = new("near", 0.5, [new StepModel(0, DistributionKind.Exponential, TestScenario.Always(2), 1)]);
        ClassModel far = new("far", 0.5, [.. near.Steps, new StepModel(1, DistributionKind.Exponential, TestScenario.Always(200), 1)]);
        ClassModel only = new("only", 0.5, [far.Steps[1]]);

        Assert.Equal([0.002, 0.002], (Short with { Stations = stations, Classes = [near, far] }).Work());
        Assert.Equal([0.002, 0.2], (Short with { Stations = stations, Classes = [near, only] }).Work());
    }
}
