using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public class StartingLimitTests
{
    [Fact]
    public void Without_settings_the_server_starts_at_the_default_of_Initial() =>
        Assert.Equal(Math.Clamp(4 * Environment.ProcessorCount, 8, 1000), StartingLimit.Of(new LimitOptions()));

    [Fact]
    public void An_adaptive_limit_starts_at_Initial() =>
        Assert.Equal(20, StartingLimit.Of(new LimitOptions { Initial = 20, Maximum = 50 }));

    [Fact]
    public void A_fixed_limit_is_Maximum_whatever_Initial_says() =>
        Assert.Equal(50, StartingLimit.Of(new LimitOptions { Algorithm = LimitAlgorithm.Fixed, Initial = 20, Maximum = 50 }));

    [Fact]
    public void A_fixed_limit_without_a_maximum_is_the_default_of_Maximum() =>
        Assert.Equal(1000, StartingLimit.Of(new LimitOptions { Algorithm = LimitAlgorithm.Fixed }));

    [Fact]
    public void A_policy_that_sets_nothing_has_no_cap() => Assert.Null(StartingLimit.CapOf(new LimitOptions()));

    [Fact]
    public void A_policy_that_sets_neither_Maximum_nor_Algorithm_has_no_cap() =>
        Assert.Null(StartingLimit.CapOf(new LimitOptions { Initial = 5, Minimum = 2 }));

    [Fact]
    public void A_maximum_alone_is_a_fixed_cap() => Assert.Equal(5, StartingLimit.CapOf(new LimitOptions { Maximum = 5 }));

    [Fact]
    public void A_maximum_alone_is_the_cap_although_Initial_is_lower() =>
        Assert.Equal(50, StartingLimit.CapOf(new LimitOptions { Initial = 5, Maximum = 50 }));

    [Fact]
    public void A_policy_that_asks_for_a_fixed_limit_is_capped_at_Maximum() =>
        Assert.Equal(5, StartingLimit.CapOf(new LimitOptions { Algorithm = LimitAlgorithm.Fixed, Maximum = 5 }));

    [Fact]
    public void A_policy_that_asks_for_a_fixed_limit_alone_is_capped_at_the_default_of_Maximum() =>
        Assert.Equal(1000, StartingLimit.CapOf(new LimitOptions { Algorithm = LimitAlgorithm.Fixed }));

    [Fact]
    public void A_policy_that_asks_for_an_adaptive_limit_is_capped_where_that_starts() =>
        Assert.Equal(7, StartingLimit.CapOf(new LimitOptions { Algorithm = LimitAlgorithm.Adaptive, Initial = 7, Maximum = 50 }));
}
