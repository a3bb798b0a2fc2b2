using System.Globalization;
using Backpressure.Http;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What must be true of every flood, whatever the protocol, the gate and the clients.</summary>
[Collection(TimingSensitive.Name)]
public abstract class FloodFacts
{
    private readonly FloodOutcome _outcome;

    private protected FloodFacts(FloodOutcome outcome, ITestOutputHelper output)
    {
        _outcome = outcome;
        output.WriteLine(outcome.ToString());
    }

    private protected FloodOutcome Outcome => _outcome;

    private protected FloodSetup Setup => _outcome.Setup;

    private protected LoadReport Report => _outcome.Report;

    private protected IEnumerable<Exchange> Served => Report.In(Bucket.Served);

    private protected IEnumerable<Exchange> Refused => Report.In(Bucket.Refused);

    [Fact]
    public void Most_of_a_flood_is_refused() => Assert.True(Refused.Count() > Report.Exchanges.Count / 2, "the flood did not flood");

    [Fact] // R4
    public void The_handler_is_filled_to_the_limit_and_never_above() => Assert.Equal(Setup.Permits, _outcome.Peak);

    [Fact]
    public void Permits_in_use_never_exceed_the_limit() => Assert.Equal(Setup.Permits, _outcome.Watch.MostActive);

    [Fact] // R7
    public void No_refused_request_was_run() => Assert.DoesNotContain(Refused, exchange => _outcome.Ledger.ContainsKey(exchange.Id));

    [Fact] // R7
    public void Every_200_carries_its_own_answer() => Assert.All(Served, exchange => Assert.Equal(exchange.Id, exchange.Answer!.Body));

    [Fact]
    public void Every_refusal_says_when_to_come_back() => Assert.All(Refused, exchange =>
    {
        string seconds = exchange.Answer!["Retry-After"]!;
        string milliseconds = exchange.Answer[BackpressureHeaders.RetryAfterMs]!;
        Assert.Matches("^[1-9][0-9]*$", seconds);
        Assert.Matches("^[1-9][0-9]*$", milliseconds);
        Assert.InRange(int.Parse(seconds, CultureInfo.InvariantCulture), 1, 32);
        Assert.Equal(Math.Ceiling(int.Parse(milliseconds, CultureInfo.InvariantCulture) / 1000.0), int.Parse(seconds, CultureInfo.InvariantCulture));
    });

    [Fact]
    public void Wait_and_handler_share_one_deadline()
    {
        Assert.True(_outcome.LongestWait > TimeSpan.Zero, "no request that ran had to wait");
        Assert.InRange(_outcome.LongestWait, TimeSpan.Zero, Setup.MaximumWait);
        Assert.InRange(_outcome.LongestAllowance, TimeSpan.Zero, Setup.Deadline);
    }

    [Fact] // C22
    public void Refused_clients_are_not_told_to_come_back_together()
    {
        int[] waits = [.. Refused.Select(exchange => int.Parse(exchange.Answer![BackpressureHeaders.RetryAfterMs]!, CultureInfo.InvariantCulture))];
        int buckets = waits.Select(wait => wait / 100).Distinct().Count(); // not the whole range: the waits follow the queue and grow while shedding goes on, so that a few lie far off

        Assert.True(buckets >= 20, $"all waits lie within {buckets} tenths of a second");
        Assert.True(waits.CountBy(wait => wait / 100).Max(bucket => bucket.Value) <= 3 * waits.Length / buckets, "too many waits end in the same tenth of a second");
    }

    [Fact]
    public void Every_refusal_gives_its_reason_in_header_and_body() => Assert.All(Refused, exchange => Refusal.AssertHonest(exchange.Answer!));

    [Fact]
    public void Every_refusal_says_whether_to_try_again() => Assert.All(Refused, exchange => Assert.Contains(exchange.Answer![BackpressureHeaders.ShouldRetry], new[] { "true", "false" }));

    [Fact] // H1: all that came say that they are first attempts; everything happened within one window
    public void Tickets_stay_within_the_bound() =>
        Assert.InRange(Refused.Count(exchange => exchange.Answer![BackpressureHeaders.ShouldRetry] == "true"), 1, Math.Max(0.1 * _outcome.After.Arrivals, 10));

    [Fact] // R6
    public void No_request_is_missing_or_counted_twice_in_any_snapshot_during_the_flood()
    {
        Assert.True(_outcome.Watch.Samples >= 20, $"only {_outcome.Watch.Samples} snapshots were taken");
        Assert.Empty(_outcome.Watch.Violations);
    }

    [Fact] // R6
    public void The_meter_counts_what_the_gate_counts() => MeterAgreement.Assert(_outcome);

    [Fact] // R5
    public void Nothing_is_held_or_queued_afterwards()
    {
        Assert.Equal(0, _outcome.After.Active);
        Assert.Equal(0, _outcome.After.Queued);
        Assert.True(SnapshotWatch.IsConserved(_outcome.After), SnapshotWatch.Describe(_outcome.After));
    }

    [Fact]
    public void An_exempt_endpoint_answers_all_through_the_flood()
    {
        Assert.True(_outcome.Health.Answers.Count >= 5, $"only {_outcome.Health.Answers.Count} probes were sent");
        Assert.All(_outcome.Health.Answers, bucket => Assert.Equal(Bucket.Served, bucket));
    }
}
