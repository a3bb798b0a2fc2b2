using Backpressure.Simulation.Storms;

namespace Backpressure.Simulation.Tests.Storms;

/// <summary>Clients of others at twice the capacity: limit and goodput do not depend on what they listen to.</summary>
public sealed class ForeignStormTests
{
    private static readonly ForeignRules[] All = [ForeignRules.Naive, ForeignRules.RetryAfterOnly, ForeignRules.Stainless];

    public static TheoryData<string> Names => [.. All.Select(rules => rules.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Limit_and_goodput_hold(string name)
    {
        ForeignStormResult storm = Run(name);

        Assert.True(storm.AnsweredShare >= 0.95, $"{storm}");
        Assert.True(storm.PeakInFlight <= storm.PeakLimit, $"{storm}");
        Assert.True(storm.Retries > 0, "It must try again, or it proves nothing.");
    }

    /// <summary>Its retries look like first attempts, since the server does not read its count by default; so a tenth of them earns tickets, too: 1 / (1 - 0.1).</summary>
    [Fact]
    public void Tickets_bound_what_an_sdk_sends_that_obeys_them()
    {
        ForeignStormResult storm = Run(ForeignRules.Stainless.Name);

        Assert.True(storm.Retries <= storm.Tickets, $"{storm}");
        Assert.True(storm.Tickets <= (0.1 * (storm.FirstAttempts + storm.Retries)) + 1, $"{storm}");
        Assert.True(storm.Amplification <= 1.12, $"{storm.Amplification:0.000}");
    }

    [Fact]
    public void Whoever_listens_to_nothing_sends_more_than_two_attempts_for_each_call() => Assert.True(Run(ForeignRules.Naive.Name).Amplification > 2);

    private static ForeignStormResult Run(string name) => ForeignStorm.Run(All.Single(rules => rules.Name == name), seed: 1);
}
