using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateTests
{
    [Fact]
    public void A_request_is_admitted_while_a_permit_is_free()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate policy = driver.AddPolicy();

        Assert.True(driver.TryTake(policy));
        Assert.True(driver.TryTake(policy));

        Assert.Equal(2, driver.InUse);
    }

    [Fact]
    public void A_full_gate_admits_nobody_and_counts_nothing()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);

        Assert.False(driver.TryTake(policy));

        Assert.Equal((1, 1, 1), (driver.InUse, driver.Read(policy).Arrivals, driver.Read(policy).Admitted));
    }

    [Fact]
    public void A_permit_that_was_given_back_can_be_taken_again()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);

        driver.GiveBack(policy);

        Assert.Equal(0, driver.InUse);
        Assert.True(driver.TryTake(policy));
    }

    [Fact]
    public void A_request_that_finds_no_room_waits()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);

        TestWaiter waiter = driver.Enter(policy);

        Assert.Equal(Outcome.Waiting, waiter.Answer);
        Assert.Equal(0, waiter.Completions);
        Assert.Equal(1, driver.Read(policy).Queued);
    }

    [Fact]
    public void Who_is_admitted_at_once_is_not_completed()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        TestWaiter waiter = driver.Enter(policy);

        Assert.Equal((Outcome.Granted, 1), (waiter.Answer, waiter.Permits));
        Assert.Equal(0, waiter.Completions); // the answer said it; there is nobody to wake
        Assert.Equal(1, driver.InUse);
        Assert.Equal(0, driver.Read(policy).Queued);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Exactly_as_many_as_the_capacity_wait_and_the_next_is_refused(int capacity) // B17
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: capacity);
        driver.Hold(policy);

        for (int i = 0; i < capacity; i++)
        {
            Assert.Equal(Outcome.Waiting, driver.Enter(policy).Answer);
        }

        TestWaiter refused = driver.Enter(policy);
        Assert.Equal((Outcome.Shed, ShedReason.QueueFull, 0), (refused.Answer, refused.Reason, refused.Completions));
        Assert.Equal(capacity, QueueWalk.Through(policy.Waiting).Length);
    }

    [Fact]
    public void Who_takes_several_places_is_refused_where_fewer_are_left()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: 4);
        driver.Hold(policy);
        driver.Enter(policy, places: 2);

        Assert.Equal(ShedReason.QueueFull, driver.Enter(policy, places: 3).Refusal);
        Assert.Equal(Outcome.Waiting, driver.Enter(policy, places: 2).Answer);
    }

    [Fact] // C17
    public void The_largest_capacity_and_the_most_places_overflow_nothing()
    {
        GateDriver driver = new(limit: 1_000_000);
        PolicyGate policy = driver.AddPolicy(capacity: int.MaxValue);
        Assert.Equal(1_000_000, driver.Hold(policy, cost: int.MaxValue).Permits);

        Assert.False(driver.TryTake(policy, cost: int.MaxValue));
        Assert.Equal(Outcome.Waiting, driver.Enter(policy, cost: int.MaxValue, places: int.MaxValue).Answer);
        Assert.Equal(ShedReason.QueueFull, driver.Enter(policy, cost: int.MaxValue, places: int.MaxValue).Refusal);
    }

    [Fact]
    public void A_request_whose_time_was_over_when_it_came_is_refused_although_there_is_room()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        TestWaiter late = driver.Enter(policy, deadline: driver.Now);

        Assert.Equal((Outcome.Shed, ShedReason.DeadlineInfeasible), (late.Answer, late.Reason));
        Assert.Equal(0, driver.InUse);
    }

    [Fact]
    public void The_oldest_waiter_gets_the_permit_that_is_given_back()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);
        TestWaiter oldest = driver.Enter(policy);
        TestWaiter next = driver.Enter(policy);

        driver.GiveBack(policy);

        Assert.Equal([oldest], driver.Completed);
        Assert.Equal((Outcome.Granted, Outcome.Waiting), (oldest.Outcome, next.Outcome));
        Assert.Equal(1, driver.InUse);
    }

    [Fact]
    public void One_dear_leave_admits_as_many_cheap_waiters_as_fit()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy, cost: 3);
        TestWaiter[] waiters = [.. Enumerable.Range(0, 4).Select(_ => driver.Enter(policy))];

        driver.GiveBack(policy, permits: 3);

        Assert.Equal(waiters[..3], driver.Completed);
        Assert.Equal(3, driver.InUse);
    }

    [Fact]
    public void Nobody_overtakes_a_waiter_of_the_same_policy_even_where_the_newcomer_would_fit()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy, cost: 2);
        driver.Enter(policy, cost: 3);

        Assert.False(driver.TryTake(policy));
        Assert.Equal(Outcome.Waiting, driver.Enter(policy).Answer);
        Assert.Equal(2, driver.InUse); // the limit of the server is what is short, so the dear one is waited for
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public void A_limit_is_from_one_to_a_million(int limit) => // B31
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdmissionGate(limit));

    [Fact]
    public void A_cap_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("Cap", () => new GateDriver(limit: 1).AddPolicy(cap: 0));

    [Fact]
    public void A_negative_capacity_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("QueueCapacity", () => new GateDriver(limit: 1).AddPolicy(capacity: -1));
}
