using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateTests
{
    [Fact]
    public void A_request_is_admitted_while_a_permit_is_free()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate policy = driver.AddPolicy();

        Assert.True(driver.TryEnter(policy));
        Assert.True(driver.TryEnter(policy));

        Assert.Equal(2, driver.InUse);
    }

    [Fact]
    public void A_full_gate_admits_nobody_and_counts_nothing()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy);

        Assert.False(driver.TryEnter(policy));

        Assert.Equal((1, 1, 1), (driver.InUse, driver.Read(policy).Arrivals, driver.Read(policy).Admitted));
    }

    [Fact]
    public void A_permit_that_was_given_back_can_be_taken_again()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy);

        driver.Leave(policy);

        Assert.Equal(0, driver.InUse);
        Assert.True(driver.TryEnter(policy));
    }

    [Fact]
    public void A_request_that_finds_no_room_waits()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy);

        TestWaiter waiter = driver.Enqueue(policy);

        Assert.Equal(Outcome.Waiting, waiter.Answer);
        Assert.Equal(0, waiter.Completions);
        Assert.Equal(1, driver.Read(policy).Queued);
    }

    [Fact]
    public void A_request_that_finds_room_after_all_is_admitted_without_waiting()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        TestWaiter waiter = driver.Enqueue(policy);

        Assert.Equal(Outcome.Granted, waiter.Answer);
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
        driver.TryEnter(policy);

        for (int i = 0; i < capacity; i++)
        {
            Assert.Equal(Outcome.Waiting, driver.Enqueue(policy).Answer);
        }

        TestWaiter refused = driver.Enqueue(policy);
        Assert.Equal((Outcome.Shed, ShedReason.QueueFull, 0), (refused.Answer, refused.Reason, refused.Completions));
        Assert.Equal(capacity, QueueWalk.Through(policy.Waiting).Length);
    }

    [Fact]
    public void Who_takes_several_places_is_refused_where_fewer_are_left()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: 4);
        driver.TryEnter(policy);
        driver.Enqueue(policy, places: 2);

        Assert.Equal(ShedReason.QueueFull, driver.Enqueue(policy, places: 3).Refusal);
        Assert.Equal(Outcome.Waiting, driver.Enqueue(policy, places: 2).Answer);
    }

    [Fact] // C17
    public void The_largest_capacity_and_the_most_places_overflow_nothing()
    {
        GateDriver driver = new(limit: int.MaxValue);
        PolicyGate policy = driver.AddPolicy(capacity: int.MaxValue);
        Assert.True(driver.TryEnter(policy, cost: int.MaxValue));

        Assert.False(driver.TryEnter(policy, cost: int.MaxValue));
        Assert.Equal(Outcome.Waiting, driver.Enqueue(policy, cost: int.MaxValue, places: int.MaxValue).Answer);
        Assert.Equal(ShedReason.QueueFull, driver.Enqueue(policy, cost: int.MaxValue, places: int.MaxValue).Refusal);
    }

    [Fact]
    public void A_request_whose_time_was_over_when_it_came_is_refused_although_there_is_room()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        TestWaiter late = driver.Enqueue(policy, expiresAt: driver.Now);

        Assert.Equal((Outcome.Shed, ShedReason.DeadlineInfeasible), (late.Answer, late.Reason));
        Assert.Equal(0, driver.InUse);
    }

    [Fact]
    public void The_oldest_waiter_gets_the_permit_that_is_given_back()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy);
        TestWaiter oldest = driver.Enqueue(policy);
        TestWaiter next = driver.Enqueue(policy);

        driver.Leave(policy);

        Assert.Equal([oldest], driver.Completed);
        Assert.Equal((Outcome.Granted, Outcome.Waiting), (oldest.Outcome, next.Outcome));
        Assert.Equal(1, driver.InUse);
    }

    [Fact]
    public void One_dear_leave_admits_as_many_cheap_waiters_as_fit()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy, cost: 3);
        TestWaiter[] waiters = [.. Enumerable.Range(0, 4).Select(_ => driver.Enqueue(policy))];

        driver.Leave(policy, cost: 3);

        Assert.Equal(waiters[..3], driver.Completed);
        Assert.Equal(3, driver.InUse);
    }

    [Fact]
    public void Nobody_overtakes_a_waiter_of_the_same_policy_even_where_the_newcomer_would_fit()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate policy = driver.AddPolicy();
        driver.TryEnter(policy, cost: 2);
        driver.Enqueue(policy, cost: 3);

        Assert.False(driver.TryEnter(policy));
        Assert.Equal(Outcome.Waiting, driver.Enqueue(policy).Answer);
        Assert.Equal(2, driver.InUse);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_gate_needs_at_least_one_permit(int limit) => // B31
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdmissionGate(limit));

    [Fact]
    public void A_cap_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("cap", () => new GateDriver(limit: 1).AddPolicy(cap: 0));

    [Fact]
    public void A_negative_capacity_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>("queueCapacity", () => new GateDriver(limit: 1).AddPolicy(capacity: -1));
}
