using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Tests.Engine;

public sealed class ServerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Limit_is_told_of_the_instant_of_the_end_before_anybody_is_granted_what_was_left()
    {
        Scenario scenario = TestScenario.With(perSecond: 2000, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 20, warmup: 0);
        Recording limit = new(12);

        scenario.Run(limit);

        Assert.All(limit.Completions.Skip(100), completion => Assert.Equal((11, 12), (completion.InFlight, completion.InFlightAtStart)));
        Assert.All(limit.Holds, hold => Assert.Equal((12, false), (hold.InFlight, hold.IsShed)));
    }

    [Fact]
    public void Wait_that_ends_is_told_a_second_time_as_shed()
    {
        Scenario scenario = TestScenario.With(perSecond: 10, StationKind.FirstComeFirstServed, servers: 0, meanMs: 10, seconds: 100, warmup: 0) with { Queue = new QueueModel(1000, 2 * Second) };
        Recording limit = new(1);

        RunResult result = scenario.Run(limit);

        TimeSpan[] waits = [.. limit.Holds.Where(hold => !hold.IsShed).Select(hold => hold.Now)];
        TimeSpan[] sheds = [.. limit.Holds.Where(hold => hold.IsShed).Select(hold => hold.Now)];
        Assert.Equal(result.AllSheds, sheds.Length);
        Assert.Equal(waits.Take(sheds.Length).Select(wait => wait + (2 * Second)), sheds);
    }

    [Fact]
    public void Readings_show_how_busy_the_processors_were()
    {
        Scenario scenario = TestScenario.With(perSecond: 280, StationKind.ProcessorSharing, servers: 4, meanMs: 10);
        Recording limit = new(TestScenario.NoLimit, every: Second / 2);

        scenario.Run(limit);

        Assert.Equal(1999, limit.Readings.Count);
        Assert.All(limit.Readings, reading => Assert.InRange(reading.Reading.ProcessorShare, 0, 1));
        TestScenario.AssertNear(0.7, limit.Readings.Average(reading => reading.Reading.ProcessorShare), 0.01);
    }

    [Theory]
    [InlineData(nameof(StationKind.ProcessorSharing))]
    [InlineData(nameof(StationKind.FirstComeFirstServed))]
    public void Servers_that_are_taken_away_are_missed_until_they_come_back(string kind)
    {
        Scenario scenario = TestScenario.With(perSecond: 2000, Enum.Parse<StationKind>(kind), servers: 8, meanMs: 10, seconds: 80, warmup: 0) with { Queue = new QueueModel(50, TestScenario.Patience) };
        scenario = scenario with { Stations = [scenario.Stations[0] with { Servers = new Piecewise([0, 20, 40, 60], [8, 4, 0, 8]) }] };
        Recording limit = new(20);

        scenario.Run(limit);

        double[] perSecond = [.. new (int From, int To)[] { (1, 20), (21, 40), (41, 60), (61, 80) }
            .Select(span => limit.Ends.Count(end => end.Now >= span.From * Second && end.Now < span.To * Second) / (double)(span.To - span.From))];
        TestScenario.AssertNear(800, perSecond[0], 0.03);
        TestScenario.AssertNear(400, perSecond[1], 0.03);
        Assert.Equal(0, perSecond[2]);
        TestScenario.AssertNear(800, perSecond[3], 0.03);
    }

    [Fact]
    public void Steps_are_done_one_after_the_other()
    {
        Scenario scenario = TestScenario.With(perSecond: 10, StationKind.Delay, servers: 0, meanMs: 100, DistributionKind.Constant, seconds: 100, warmup: 0);
        scenario = scenario with
        {
            Stations = [.. scenario.Stations, new StationModel("second", StationKind.Delay, null, null, 0)],
            Classes = [new ClassModel("request", 1, [.. scenario.Classes[0].Steps, new StepModel(1, DistributionKind.Constant, TestScenario.Always(50), 0)])],
        };
        Recording limit = new(TestScenario.NoLimit);

        scenario.Run(limit);

        Assert.All(limit.Ends, end => Assert.Equal(TimeSpan.FromMilliseconds(150), end.Took));
    }

    [Fact]
    public void Classes_come_by_their_weights()
    {
        Scenario scenario = TestScenario.With(perSecond: 1000, StationKind.Delay, servers: 0, meanMs: 1, seconds: 100, warmup: 0);
        scenario = scenario with
        {
            Classes =
            [
                new ClassModel("cheap", 0.9, [new StepModel(0, DistributionKind.Constant, TestScenario.Always(1), 0)]),
                new ClassModel("dear", 0.1, [new StepModel(0, DistributionKind.Constant, TestScenario.Always(2), 0)]),
            ],
        };
        Recording limit = new(TestScenario.NoLimit);

        scenario.Run(limit);

        TestScenario.AssertNear(0.1, limit.Ends.Count(end => end.Took == TimeSpan.FromMilliseconds(2)) / (double)limit.Ends.Count, 0.05);
    }

    [Fact]
    public void Algorithm_that_wants_to_be_woken_now_for_ever_is_an_error()
    {
        Scenario scenario = TestScenario.With(perSecond: 10, StationKind.Delay, servers: 0, meanMs: 1);

        Assert.Throws<InvalidOperationException>(() => { scenario.Run(new Sleepless()); });
    }

    private sealed class Sleepless : IAlgorithm
    {
        public int Limit => 1;

        public TimeSpan WakeAt => Second;

        public void Complete(in Completion completion)
        {
        }

        public void Hold(TimeSpan now, int inFlight, bool isShed)
        {
        }

        public void Wake(TimeSpan now, in ServerReading reading)
        {
        }
    }
}
