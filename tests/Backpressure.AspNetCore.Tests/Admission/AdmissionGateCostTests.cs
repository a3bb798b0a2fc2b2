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
        driver.TryEnter(policy);
        TestWaiter dear = driver.Enqueue(policy, cost);
        Assert.Equal((Outcome.Waiting, 4), (dear.Answer, dear.Cost));

        driver.Leave(policy);

        Assert.Equal(Outcome.Granted, dear.Outcome);
        Assert.Equal(4, driver.InUse);
        Assert.False(driver.TryEnter(policy));
    }

    [Fact]
    public void A_cost_above_the_cap_is_clamped_to_the_cap()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate capped = driver.AddPolicy(cap: 2);

        TestWaiter dear = driver.Enqueue(capped, cost: 3);

        Assert.Equal((Outcome.Granted, 2), (dear.Answer, dear.Cost));
        Assert.Equal(2, driver.InUse);
    }

    [Fact]
    public void A_cap_above_the_limit_does_not_let_a_cost_exceed_the_limit()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate wide = driver.AddPolicy(cap: 100);

        Assert.Equal(4, driver.Enqueue(wide, cost: 50).Cost);
        Assert.Equal(4, driver.InUse);
    }

    [Fact] // the caller could not know what to give back of a clamped cost
    public void Entering_at_once_clamps_nothing()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate policy = driver.AddPolicy();

        Assert.False(driver.TryEnter(policy, cost: 5));
        Assert.Equal(0, driver.InUse);
    }

    [Theory] // B21: a negative weight corrupts the count
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_negative_cost_throws_and_changes_nothing(int cost)
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        Assert.Throws<ArgumentOutOfRangeException>(nameof(cost), () => driver.TryEnter(policy, cost));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(cost), () => driver.Leave(policy, cost));

        Assert.Equal((0, 0), (driver.InUse, driver.Read(policy).InUse));
    }

    [Fact] // B21
    public void A_waiter_with_a_negative_cost_takes_nothing()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy);

        TestWaiter waiter = driver.Enqueue(policy, cost: -7);

        Assert.Equal((Outcome.Granted, 0), (waiter.Answer, waiter.Cost));
        Assert.Equal(1, driver.InUse);
    }

    [Fact]
    public void A_cost_of_zero_takes_no_permit_but_asks_for_a_free_one()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        Assert.True(driver.TryEnter(policy, cost: 0));
        Assert.True(driver.TryEnter(policy));
        Assert.False(driver.TryEnter(policy, cost: 0));
        Assert.Equal(1, driver.InUse);
    }

    [Fact]
    public void Waiters_with_a_cost_of_zero_all_go_on_as_soon_as_one_permit_is_free()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy);
        TestWaiter[] waiters = [driver.Enqueue(policy, cost: 0), driver.Enqueue(policy, cost: 0), driver.Enqueue(policy)];

        driver.Leave(policy);

        Assert.Equal(waiters, driver.Completed);
        Assert.Equal(1, driver.InUse);
    }
}
