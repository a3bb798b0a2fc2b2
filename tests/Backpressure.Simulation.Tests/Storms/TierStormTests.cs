using Backpressure.Simulation.Storms;

namespace Backpressure.Simulation.Tests.Storms;

/// <summary>R9: three tiers, each with the client that is shipped, and the last one fails always.</summary>
public sealed class TierStormTests
{
    [Theory]
    [InlineData("Refuses", 1)]
    [InlineData("Refuses", 2)]
    [InlineData("Fails", 1)]
    [InlineData("IsUnavailable", 1)]
    [InlineData("IsUnavailable", 2)]
    public void Last_of_three_tiers_is_asked_for_no_more_than_a_budget_allows_in_all(string failure, ulong seed)
    {
        TierStormResult storm = TierStorm.Run(Enum.Parse<FailureKind>(failure), isProtected: true, relays: false, seed);

        Assert.Equal(storm.Calls, storm.Ended);
        Assert.Equal((storm.Calls, storm.Calls), (storm.AttemptsAtA, storm.AttemptsAtB)); // an error is no reason to try again
        Assert.True(storm.Amplification <= 1.11, $"{storm}: {storm.Amplification:0.000} for each call.");
        AssertWithinBudget(storm);
    }

    [Fact]
    public void Error_of_the_last_tier_is_never_tried_again()
    {
        TierStormResult storm = TierStorm.Run(FailureKind.Fails, isProtected: true, relays: false, seed: 1);

        Assert.Equal(storm.Calls, storm.AttemptsAtC);
    }

    [Fact]
    public void Refusals_make_the_client_ask_less_than_once_for_each_call()
    {
        TierStormResult storm = TierStorm.Run(FailureKind.Refuses, isProtected: true, relays: true, seed: 1);

        Assert.InRange(storm.Amplification, 0.05, 0.25); // nine tenths are held back
        AssertWithinBudget(storm);
    }

    /// <summary>Each hop has a budget of its own, and a plain 503 does not say whether the tier that sent it has tried already: so three hops multiply to 1.1 · 1.1 · 1.1, and no higher.</summary>
    [Fact]
    public void Tiers_that_pass_a_plain_503_on_multiply_no_more_than_their_budgets()
    {
        TierStormResult storm = TierStorm.Run(FailureKind.IsUnavailable, isProtected: true, relays: true, seed: 1);

        Assert.InRange((double)storm.AttemptsAtA / storm.Calls, 1.09, 1.11);
        Assert.InRange((double)storm.AttemptsAtB / storm.AttemptsAtA, 1.09, 1.11);
        Assert.InRange(storm.HopAmplification, 1.09, 1.11);
        Assert.InRange(storm.Amplification, 1.3, 1.11 * 1.11 * 1.11);
        Assert.Equal(0, storm.NestedRetries); // a tenth of the requests at A and B are retries, and none of them leads to another
    }

    [Theory]
    [InlineData("Refuses")]
    [InlineData("IsUnavailable")]
    public void Naive_clients_multiply_by_four_at_each_tier(string failure)
    {
        TierStormResult storm = TierStorm.Run(Enum.Parse<FailureKind>(failure), isProtected: false, relays: false, seed: 1, callingSeconds: 5);

        Assert.Equal(storm.Calls, storm.Ended);
        Assert.Equal((4 * storm.Calls, 16 * storm.Calls, 64 * storm.Calls), (storm.AttemptsAtA, storm.AttemptsAtB, storm.AttemptsAtC));
    }

    /// <summary>The budget to the last grant: a tenth of the first attempts, the one that the floor saves up, and one that is under way.</summary>
    private static void AssertWithinBudget(TierStormResult storm) =>
        Assert.True(storm.RetriesAtC <= Math.Max((0.1 * storm.FirstAttemptsAtC) + 2, 60 + 2), $"{storm.RetriesAtC} retries for {storm.FirstAttemptsAtC} first attempts.");
}
