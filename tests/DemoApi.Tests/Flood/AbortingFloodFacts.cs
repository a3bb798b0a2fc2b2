using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What must be true when clients leave while they wait or are served: they are counted, and the others are served as ever.</summary>
public abstract class AbortingFloodFacts : FloodFacts
{
    private protected AbortingFloodFacts(FloodOutcome outcome, ITestOutputHelper output)
        : base(outcome, output)
    {
    }

    private long Cancelled => Outcome.After.Cancelled - Outcome.Before.Cancelled;

    private int GaveUp => Report.Count(Bucket.GaveUp);

    [Fact]
    public void Clients_that_leave_the_queue_are_counted_as_cancelled()
    {
        Assert.True(Cancelled >= 10, $"only {Cancelled} were cancelled: the clients did not leave");
        Assert.InRange(Cancelled, 1, GaveUp);
    }

    [Fact]
    public void Clients_that_stay_are_answered() => Assert.All(Report.Exchanges.Where((_, number) => !Leaves(number)), exchange =>
    {
        Assert.Null(exchange.Error);
        Assert.Contains(exchange.Bucket, (Bucket[])[Bucket.Served, Bucket.Refused]);
    });

    [Fact]
    public void Clients_that_leave_see_no_error() => Assert.All(Report.Exchanges, exchange => Assert.Null(exchange.Error));

    [Fact] // R6
    public void Every_admitted_request_was_run_exactly_once()
    {
        int[] runs = [.. Report.Exchanges.Select(exchange => Outcome.Ledger.GetValueOrDefault(exchange.Id)).Where(count => count > 0)];

        Assert.All(runs, count => Assert.Equal(1, count));
        Assert.Equal(Outcome.After.Admitted - Outcome.Before.Admitted, runs.Length);
    }

    [Fact] // R6
    public void Both_sides_count_the_same_but_for_those_who_left_before_they_came()
    {
        int answered = Report.Exchanges.Count - GaveUp;
        Assert.InRange(Outcome.After.Arrivals - Outcome.Before.Arrivals, answered, Report.Exchanges.Count);
        Assert.InRange(Outcome.After.Shed - Outcome.Before.Shed, Refused.Count(), Refused.Count() + GaveUp);
        Assert.InRange(Outcome.After.Admitted - Outcome.Before.Admitted, Served.Count(), Served.Count() + GaveUp);
    }

    internal static FloodSetup SetupFor(Version version) => new()
    {
        Version = version,
        Duration = TimeSpan.FromSeconds(2),
        Patience = static number => Leaves(number) ? TimeSpan.FromMilliseconds(20 + (number % 80)) : TimeSpan.FromSeconds(20),
    };

    private static bool Leaves(int number) => number % 3 == 0;
}
