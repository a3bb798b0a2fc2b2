using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGatePolicyTests
{
    [Fact]
    public void Over_all_policies_the_oldest_waiter_is_served_first()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate first = driver.AddPolicy();
        PolicyGate second = driver.AddPolicy();
        driver.TryEnter(first);
        TestWaiter oldest = driver.Enqueue(second);
        TestWaiter middle = driver.Enqueue(first);
        TestWaiter youngest = driver.Enqueue(second);

        driver.Leave(first);
        driver.Leave(second);
        driver.Leave(first);

        Assert.Equal([oldest, middle, youngest], driver.Completed);
    }

    [Fact]
    public void A_cap_holds_although_the_server_has_room()
    {
        GateDriver driver = new(limit: 10);
        PolicyGate capped = driver.AddPolicy(cap: 2);
        driver.TryEnter(capped);
        driver.TryEnter(capped);

        Assert.False(driver.TryEnter(capped));
        Assert.Equal(Outcome.Waiting, driver.Enqueue(capped).Answer);
    }

    [Fact]
    public void The_limit_holds_although_the_caps_leave_room()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate[] capped = [driver.AddPolicy(cap: 2), driver.AddPolicy(cap: 2)];
        driver.TryEnter(capped[0]);
        driver.TryEnter(capped[0]);
        driver.TryEnter(capped[1]);

        Assert.False(driver.TryEnter(capped[1]));
        Assert.Equal(3, driver.InUse);
    }

    [Fact]
    public void A_cap_that_is_reached_holds_up_only_its_own_policy()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate capped = driver.AddPolicy(cap: 1);
        PolicyGate free = driver.AddPolicy();
        driver.TryEnter(capped);
        driver.Enqueue(capped);

        Assert.True(driver.TryEnter(free));
    }

    [Fact]
    public void A_waiter_that_its_cap_holds_back_lets_younger_ones_of_others_pass()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate capped = driver.AddPolicy(cap: 1);
        PolicyGate free = driver.AddPolicy();
        driver.TryEnter(capped);
        driver.TryEnter(free);
        TestWaiter heldBack = driver.Enqueue(capped);
        TestWaiter younger = driver.Enqueue(free);

        driver.Leave(free);

        Assert.Equal([younger], driver.Completed);
        Assert.Equal(Outcome.Waiting, heldBack.Outcome);
    }

    [Fact]
    public void A_permit_given_back_under_a_cap_goes_to_the_oldest_of_all_not_to_its_own_policy()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate capped = driver.AddPolicy(cap: 1);
        PolicyGate free = driver.AddPolicy();
        driver.TryEnter(capped);
        TestWaiter oldest = driver.Enqueue(free);
        TestWaiter own = driver.Enqueue(capped);

        driver.Leave(capped);

        Assert.Equal([oldest], driver.Completed);
        Assert.Equal((0, 1, Outcome.Waiting), (driver.Read(capped).InUse, driver.Read(free).InUse, own.Outcome));
    }

    [Fact]
    public void A_dear_head_that_does_not_fit_lets_other_policies_use_what_is_left()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate dear = driver.AddPolicy();
        PolicyGate cheap = driver.AddPolicy();
        driver.TryEnter(cheap);
        driver.TryEnter(cheap);
        driver.TryEnter(cheap);
        TestWaiter head = driver.Enqueue(dear, cost: 2);
        TestWaiter small = driver.Enqueue(cheap);

        driver.Leave(cheap);

        Assert.Equal([small], driver.Completed);
        Assert.Equal(Outcome.Waiting, head.Outcome);
    }

    [Fact]
    public void A_full_queue_refuses_only_its_own_policy()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate full = driver.AddPolicy(capacity: 0);
        PolicyGate roomy = driver.AddPolicy(capacity: 1);
        driver.TryEnter(full);

        Assert.Equal(ShedReason.QueueFull, driver.Enqueue(full).Refusal);
        Assert.Equal(Outcome.Waiting, driver.Enqueue(roomy).Answer);
    }

    [Fact]
    public void Dismissing_a_policy_turns_its_waiters_away_in_order_and_leaves_all_others()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate ending = driver.AddPolicy();
        PolicyGate staying = driver.AddPolicy();
        driver.TryEnter(ending);
        TestWaiter first = driver.Enqueue(ending);
        TestWaiter other = driver.Enqueue(staying);
        TestWaiter second = driver.Enqueue(ending);

        driver.Dismiss(ending, ShedReason.Draining);

        Assert.Equal([first, second], driver.Completed);
        Assert.All([first, second], waiter => Assert.Equal((Outcome.Shed, ShedReason.Draining, 1), (waiter.Outcome, waiter.Reason, waiter.Completions)));
        Assert.Empty(QueueWalk.Through(ending.Waiting));
        Assert.Equal([other], QueueWalk.Through(staying.Waiting));
        Assert.Equal((1, 2), (driver.InUse, driver.Read(ending).Shed[(int)ShedReason.Draining]));
    }

    [Fact]
    public void A_policy_can_be_used_again_after_it_was_dismissed()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: 1);
        driver.TryEnter(policy);
        driver.Enqueue(policy);
        driver.Dismiss(policy, ShedReason.Draining);
        TestWaiter later = driver.Enqueue(policy);

        driver.Leave(policy);

        Assert.Equal(Outcome.Granted, later.Outcome);
    }
}
