using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Nobody is passed for ever: every eighth grant while somebody waits belongs to whoever waits longest (C16, B10).</summary>
public class AdmissionGateFairnessTests
{
    private const int EverlastingFlood = 1000;

    [Theory]
    [InlineData(null)]
    [InlineData(10)]
    public void A_dear_sheddable_is_served_although_cheap_critical_newcomers_never_end(int? cap)
    {
        GateDriver driver = new(limit: cap is null ? 10 : 100);
        PolicyGate policy = driver.AddPolicy(cap, capacity: 10_000);
        Queue<TestWaiter> running = new(Enumerable.Range(0, 8).Select(_ => driver.Enter(policy, criticality: Criticality.Critical)));
        TestWaiter dear = driver.Enter(policy, cost: 5, criticality: Criticality.Sheddable);
        Assert.Equal(Outcome.Waiting, dear.Answer);

        int newcomers = 0;
        while (dear.Outcome == Outcome.Waiting && newcomers < EverlastingFlood)
        {
            newcomers++;
            TestWaiter newcomer = driver.Enter(policy, criticality: Criticality.Critical);
            if (newcomer.Outcome == Outcome.Granted)
            {
                running.Enqueue(newcomer);
            }

            driver.Leave(running.Dequeue());
            Assert.NotEmpty(running);
        }

        Assert.Equal(Outcome.Granted, dear.Outcome);
        Assert.InRange(newcomers, 1, 2 * 8);
    }

    [Fact]
    public void A_dear_waiter_below_a_cap_is_served_although_other_policies_use_up_the_turns_of_the_longest()
    {
        GateDriver driver = new(limit: 10);
        PolicyGate capped = driver.AddPolicy(cap: 4, capacity: 10_000);
        PolicyGate other = driver.AddPolicy(capacity: 10_000);
        List<TestWaiter> running = [.. Enumerable.Range(0, 2).Select(_ => driver.Enter(capped, criticality: Criticality.Critical)), .. Enumerable.Range(0, 8).Select(_ => driver.Enter(other))];
        TestWaiter dear = driver.Enter(capped, cost: 3, criticality: Criticality.Sheddable);

        int steps = 0;
        while (dear.Outcome == Outcome.Waiting && steps < EverlastingFlood)
        {
            steps++;
            running.Add(driver.Enter(capped, criticality: Criticality.Critical));
            running.Add(driver.Enter(other));
            TestWaiter done = running.First(waiter => waiter.Outcome == Outcome.Granted);
            running.Remove(done);
            driver.Leave(done);
        }

        Assert.Equal(Outcome.Granted, dear.Outcome);
        Assert.InRange(steps, 1, 64);
    }

    [Fact]
    public void Who_goes_past_nobody_does_not_bring_the_turn_of_the_longest_nearer()
    {
        GateDriver driver = new(limit: 4);
        PolicyGate policy = driver.AddPolicy();
        PolicyGate capped = driver.AddPolicy(cap: 1);
        driver.Hold(capped);
        TestWaiter behindItsCap = driver.Enter(capped);
        for (int i = 0; i < 7; i++)
        {
            driver.Leave(driver.Hold(policy)); // the one that waits for its own cap is not passed by others
        }

        driver.Hold(policy, cost: 3);
        TestWaiter old = driver.Enter(policy, criticality: Criticality.Sheddable);
        TestWaiter critical = driver.Enter(policy, criticality: Criticality.Critical);
        driver.GiveBack(policy);

        Assert.Equal((Outcome.Waiting, Outcome.Waiting, Outcome.Granted), (behindItsCap.Outcome, old.Outcome, critical.Outcome));
    }

    [Fact] // the lock-free refusal must not depend on whether newest first has begun
    public void A_full_queue_that_stands_but_is_short_is_known_to_stay_full()
    {
        GateDriver driver = new(limit: 10);
        PolicyGate policy = driver.AddPolicy(capacity: 10, order: QueueOrder.Adaptive);
        TestWaiter[] holders = [.. Enumerable.Range(0, 10).Select(_ => driver.Hold(policy))];
        TestWaiter[] waiters = [.. Enumerable.Range(0, 10).Select(_ => driver.Enter(policy))];
        driver.Now += TimeSpan.FromMilliseconds(200);
        driver.Leave(holders[0]); // a service of 200 ms: it stands, and 34 may wait before newest first begins
        driver.Enter(policy);
        driver.Now += TimeSpan.FromSeconds(3);
        TestWaiter refused = driver.Enter(policy);
        Assert.Equal(ShedReason.QueueFull, refused.ShedFor);

        Assert.True(policy.HasSurelyNoPlace(refused, driver.Now));
        Assert.True(policy.HasSurelyNoPlace(refused, driver.Now + TimeSpan.FromMilliseconds(99)));
        Assert.False(policy.HasSurelyNoPlace(refused, driver.Now + TimeSpan.FromMilliseconds(100)));
        Assert.Equal(9, waiters.Count(waiter => waiter.Outcome == Outcome.Waiting));
    }
}
