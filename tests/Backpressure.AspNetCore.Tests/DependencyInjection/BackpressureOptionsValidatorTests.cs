namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>Rules between settings, and options that only code can get wrong.</summary>
public sealed class BackpressureOptionsValidatorTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(Settings.Errors());

    [Fact]
    public void The_smallest_limit_is_at_most_the_largest() => Assert.Contains(
        "Backpressure:Limit:Minimum must be at most Limit:Maximum, 5 (was '10').", Settings.Errors(("Limit:Minimum", "10"), ("Limit:Maximum", "5"), ("Limit:Initial", "5")));

    [Theory]
    [InlineData("4")]
    [InlineData("21")]
    public void The_first_limit_lies_between_the_smallest_and_the_largest(string initial) => Assert.Equal(
        [$"Backpressure:Limit:Initial must be from Limit:Minimum, 5, to Limit:Maximum, 20 (was '{initial}')."],
        Settings.Errors(("Limit:Minimum", "5"), ("Limit:Maximum", "20"), ("Limit:Initial", initial)));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("2000", "1000000")]
    public void A_first_limit_that_is_not_set_moves_between_them(string minimum, string maximum) =>
        Assert.Empty(Settings.Errors(("Limit:Minimum", minimum), ("Limit:Maximum", maximum)));

    [Fact]
    public void The_shortest_wait_is_at_most_the_longest() => Assert.Equal(
        ["Backpressure:Shed:MinimumRetryAfter must be at most Shed:MaximumRetryAfter, 00:00:05 (was '00:00:06')."],
        Settings.Errors(("Shed:MinimumRetryAfter", "00:00:06"), ("Shed:MaximumRetryAfter", "00:00:05")));

    [Fact]
    public void A_policy_is_judged_with_what_it_inherits() => Assert.Equal(
        ["Backpressure:Policies:reads:Shed:MinimumRetryAfter must be at most Shed:MaximumRetryAfter, 00:00:05 (was '00:00:06')."],
        Settings.Errors(("Shed:MaximumRetryAfter", "00:00:05"), ("Policies:reads:Shed:MinimumRetryAfter", "00:00:06")));

    [Theory] // 503 means not executed, 504 means that it may have been
    [InlineData("503", null)]
    [InlineData("429", "429")]
    public void A_timeout_and_a_refusal_never_look_alike(string timeout, string? shed)
    {
        string error = Assert.Single(Settings.Errors(("Timeout:StatusCode", timeout), ("Shed:StatusCode", shed)));

        Assert.StartsWith("Backpressure:Timeout:StatusCode must differ from 503 and from Shed:StatusCode", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policys_timeout_must_not_look_like_the_refusal_that_it_inherits() => Assert.Contains(
        "Backpressure:Policies:reads:Timeout:StatusCode must differ", Assert.Single(Settings.Errors(("Shed:StatusCode", "429"), ("Policies:reads:Timeout:StatusCode", "429"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Initial")]
    [InlineData("Minimum")]
    public void A_policy_that_does_not_adapt_has_no_use_for_where_to_start(string key)
    {
        string error = Assert.Single(Settings.Errors(($"Policies:reads:Limit:{key}", "5")));

        Assert.Contains("act only with Limit:Algorithm Adaptive", error, StringComparison.Ordinal);
        Assert.Empty(Settings.Errors(($"Policies:reads:Limit:{key}", "5"), ("Policies:reads:Limit:Algorithm", "Adaptive")));
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("fd00::/8", true)]
    [InlineData("10.1.2.3/32", true)]
    [InlineData("10.1.2.3/8", false)]
    [InlineData("10.0.0.0", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("example.org", false)]
    public void A_trusted_network_is_a_network(string network, bool valid)
    {
        string[] errors = Settings.Errors(("Headers:TrustedNetworks:0", network));

        Assert.Equal(valid ? [] : [$"Backpressure:Headers:TrustedNetworks:0 must be a network such as 10.0.0.0/8, with no address bits below the prefix (was '{network}')."], errors);
    }

    [Fact]
    public void Options_that_code_took_away_are_told_together_with_everything_else() => Assert.Equivalent(
        new[]
        {
            "Backpressure:Limit must not be null.",
            "Backpressure:Queue must not be null.",
            "Backpressure:Timeout must not be null.",
            "Backpressure:RetryBudget must not be null.",
            "Backpressure:Shed must not be null.",
            "Backpressure:Headers must not be null.",
            "Backpressure:LongLived must not be null.",
            "Backpressure:Policies:nothing must not be null.",
            "Backpressure:Policies:partial:Queue must not be null.",
            "Backpressure:Policies:wrong:Queue:Capacity must be a whole number from 0 to 1000000 (was '-1').",
        },
        Settings.Errors(static o =>
        {
            o.Limit = null!;
            o.Queue = null!;
            o.Timeout = null!;
            o.RetryBudget = null!;
            o.Shed = null!;
            o.Headers = null!;
            o.LongLived = null!;
            o.Policies["nothing"] = null!;
            o.Policies["partial"] = new() { Queue = null! };
            o.Policies["wrong"] = new() { Queue = { Capacity = -1 } };
        }),
        strict: true);

    [Fact]
    public void An_enumeration_value_that_does_not_exist_is_refused_from_code_too() =>
        Assert.Equal(["Backpressure:Queue:Order must be one of Adaptive, OldestFirst, NewestFirst (was '9')."], Settings.Errors(static o => o.Queue.Order = (QueueOrder)9));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_policy_needs_a_name(string name) =>
        Assert.Contains("a policy must have a name of its own", Assert.Single(Settings.Errors(o => o.Policies[name] = new())), StringComparison.Ordinal);
}
