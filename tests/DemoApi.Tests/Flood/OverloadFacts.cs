using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What must be true when many more requests come than can be served, and the server uses its own gate.</summary>
public abstract class OverloadFacts : PatientFloodFacts
{
    private protected OverloadFacts(FloodOutcome outcome, ITestOutputHelper output)
        : base(outcome, output)
    {
    }

    [Fact]
    public void The_queue_is_filled_to_its_capacity_and_never_above() => Assert.Equal(Setup.QueueCapacity, Outcome.Watch.MostQueued);

    [Fact] // R1, with room for a machine that others use, too
    public void Goodput_stays_at_capacity() =>
        Assert.True(Outcome.GoodputPerSecond >= 0.9 * Outcome.CapacityPerSecond, $"served {Outcome.GoodputPerSecond:F1}/s of {Outcome.CapacityPerSecond:F1}/s");

    [Fact]
    public void No_request_that_could_be_served_in_time_runs_out_of_it() => Assert.Equal(0, Report.Count(Bucket.TimedOut));
}
