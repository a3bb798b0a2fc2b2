using Backpressure.AspNetCore;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What must be true when no handler can end before its deadline: every caller is told so, and nobody gets an empty 200.</summary>
public abstract class DeadlineFloodFacts : PatientFloodFacts
{
    private protected DeadlineFloodFacts(FloodOutcome outcome, ITestOutputHelper output)
        : base(outcome, output)
    {
    }

    private IEnumerable<Exchange> TimedOut => Report.In(Bucket.TimedOut);

    [Fact]
    public void Nobody_is_served()
    {
        Assert.NotEmpty(TimedOut);
        Assert.Empty(Served);
    }

    [Fact]
    public void Every_timeout_is_explained_and_never_early() => Assert.All(TimedOut, exchange =>
    {
        Refusal.AssertProblem(exchange.Answer!, status: 504);
        Assert.True(exchange.EndedAt - exchange.SentAt >= Setup.Deadline, $"told after {exchange.EndedAt - exchange.SentAt}");
    });

    [Fact]
    public void Timeouts_are_told_when_the_time_of_wait_and_handler_together_is_over()
    {
        TimeSpan[] told = [.. TimedOut.Select(exchange => exchange.EndedAt - exchange.SentAt).Order()];
        TimeSpan halfTheWait = Setup.MaximumWait / 2;

        Assert.True(Outcome.LongestWait > halfTheWait, "nobody waited long enough to tell one deadline from two");
        Assert.True(told[told.Length / 2] < Setup.Deadline + halfTheWait, $"the median was told after {told[told.Length / 2].TotalMilliseconds:F0} ms");
    }

    [Fact]
    public void Deadlines_are_counted_where_they_strike()
    {
        long inQueue = Outcome.After.ShedByReason[ShedReason.QueueTimeout] + Outcome.After.ShedByReason[ShedReason.DeadlineInfeasible];

        Assert.True(inQueue > 0, "no deadline passed in the queue");
        Assert.Equal(inQueue, Outcome.Counters[("backpressure.request.timeouts", "queue")]);
        Assert.Equal(Outcome.After.Admitted, Outcome.Counters[("backpressure.request.timeouts", "execution")]);
        Assert.Equal(Outcome.After.Admitted, Outcome.Counters[("backpressure.deadlines", "missed")]);
    }

    internal static FloodSetup SetupFor(Version version) => new()
    {
        Version = version,
        ServiceTime = TimeSpan.FromSeconds(30),
        HonoursToken = true,
        Deadline = TimeSpan.FromMilliseconds(300),
        MaximumWait = TimeSpan.FromMilliseconds(250), // so long that some of the first still wait when the first handlers are cut off
        Order = QueueOrder.OldestFirst, // so that somebody waits for long before a handler has them
        Overload = 1500, // of what would be served if nothing were cut off: 200 requests per second
        Duration = TimeSpan.FromSeconds(2),
    };
}
