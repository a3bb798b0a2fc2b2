using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateCostTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public void A_cost_above_the_limit_is_clamped_to_it_so_that_the_request_runs_alone(int cost)
    {
        GateDriver driver = new(limit: 4);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);
        TestWaiter dear = driver.Enter(policy, cost);
        Assert.Equal(Outcome.Waiting, dear.Answer);

        driver.GiveBack(policy);

        Assert.Equal((Outcome.Granted, 4), (dear.Outcome, dear.Permits));
        Assert.Equal(4, driver.InUse);
        Assert.False(driver.TryTake(policy));
    }

    [Fact]
    public void A_cost_above_the_cap_is_clamped_to_the_cap()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate capped = driver.AddPolicy(cap: 2);

        TestWaiter dear = driver.Enter(capped, cost: 3);

        Assert.Equal((Outcome.Granted, 2), (dear.Answer, dear.Permits));
        Assert.Equal(2, driver.InUse);
    }

    [Fact]
    public void A_cap_above_the_limit_does_not_let_a_cost_exceed_the_limit()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate wide = driver.AddPolicy(cap: 100);

        Assert.Equal(4, driver.Enter(wide, cost: 50).Permits);
        Assert.Equal(4, driver.InUse);
    }

    [Fact] // R4: what counts is the limit at the grant, not that at the arrival
    public void A_dear_waiter_is_clamped_to_the_limit_of_the_moment_when_it_is_granted()
    {
        GateDriver driver = new(limit: 8);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy, cost: 8);
        TestWaiter dear = driver.Enter(policy, cost: 8);
        driver.SetLimit(3);
        Assert.Equal(Outcome.Waiting, dear.Outcome);

        driver.GiveBack(policy, permits: 8);

        Assert.Equal((Outcome.Granted, 3, 3), (dear.Outcome, dear.Permits, driver.InUse));
    }

    [Fact]
    public void What_is_taken_without_a_waiter_is_clamped_too_and_says_what_to_give_back()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate policy = driver.AddPolicy();

        Assert.True(driver.TryTake(policy, cost: 5, out int permits));

        Assert.Equal((4, 4), (permits, driver.InUse));
    }

    [Theory] // B21: a negative weight corrupts the count
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_negative_cost_throws_and_changes_nothing(int cost)
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        PolicyGate capped = driver.AddPolicy(cap: 1);

        Assert.Throws<ArgumentOutOfRangeException>(nameof(cost), () => driver.TryTake(policy, cost));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(cost), () => driver.Enter(policy, cost));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(cost), () => driver.Enter(policy, cost, deadline: driver.Now));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(cost), () => driver.Enter(capped, cost));

        Assert.Equal((0, 0, 0), (driver.InUse, driver.Read(policy).Arrivals, driver.Read(capped).Arrivals));
    }

    [Fact]
    public void A_cost_of_zero_takes_no_permit_but_asks_for_a_free_one()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        Assert.True(driver.TryTake(policy, cost: 0));
        Assert.True(driver.TryTake(policy));
        Assert.False(driver.TryTake(policy, cost: 0));
        Assert.Equal(1, driver.InUse);
    }

    [Fact]
    public void Waiters_with_a_cost_of_zero_all_go_on_as_soon_as_one_permit_is_free()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);
        TestWaiter[] waiters = [driver.Enter(policy, cost: 0), driver.Enter(policy, cost: 0), driver.Enter(policy)];

        driver.GiveBack(policy);

        Assert.Equal(waiters, driver.Completed);
        Assert.Equal(1, driver.InUse);
    }
}
