using System.Net;
using Backpressure.AspNetCore;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What must be true of a flood whose clients wait for their answers.</summary>
public abstract class PatientFloodFacts : FloodFacts
{
    private protected PatientFloodFacts(FloodOutcome outcome, ITestOutputHelper output)
        : base(outcome, output)
    {
    }

    [Fact]
    public void Every_request_is_answered_and_only_with_200_503_or_504()
    {
        Assert.Equal(Report.Exchanges.Count, Report.Exchanges.Select(exchange => exchange.Id).Distinct().Count());
        Assert.All(Report.Exchanges, exchange =>
        {
            Assert.Null(exchange.Error);
            Assert.Contains(exchange.Bucket, (Bucket[])[Bucket.Served, Bucket.Refused, Bucket.TimedOut]);
        });
        Assert.All(Served, exchange => Assert.Equal((int)HttpStatusCode.OK, exchange.Answer!.Status));
    }

    [Fact] // R7
    public void Every_request_that_may_have_run_was_run_exactly_once() =>
        Assert.All(Report.Exchanges.Where(exchange => exchange.Bucket != Bucket.Refused), exchange => Assert.Equal(1, Outcome.Ledger.GetValueOrDefault(exchange.Id)));

    [Fact] // R6
    public void Both_sides_count_the_same()
    {
        Assert.Equal(Report.Exchanges.Count, Outcome.After.Arrivals - Outcome.Before.Arrivals);
        Assert.Equal(Report.Count(Bucket.Served) + Report.Count(Bucket.TimedOut), Outcome.After.Admitted - Outcome.Before.Admitted);
        Assert.Equal(Report.Count(Bucket.Refused), Outcome.After.Shed - Outcome.Before.Shed);
        Assert.Equal(0, Outcome.After.Cancelled);
    }

    [Fact] // R6
    public void Both_sides_count_the_same_refusals_by_reason()
    {
        foreach (ShedReason reason in Enum.GetValues<ShedReason>())
        {
            int seen = Refused.Count(exchange => Refusal.ReasonOf(exchange.Answer!) == reason);
            Assert.Equal(seen, Outcome.After.ShedByReason[reason] - Outcome.Before.ShedByReason[reason]);
        }
    }
}
