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
        driver.Hold(first);
        TestWaiter oldest = driver.Enter(second);
        TestWaiter middle = driver.Enter(first);
        TestWaiter youngest = driver.Enter(second);

        driver.GiveBack(first);
        driver.GiveBack(second);
        driver.GiveBack(first);

        Assert.Equal([oldest, middle, youngest], driver.Completed);
    }

    [Fact]
    public void A_cap_holds_although_the_server_has_room()
    {
        GateDriver driver = new(limit: 10);
        PolicyGate capped = driver.AddPolicy(cap: 2);
        driver.Hold(capped);
        driver.Hold(capped);

        Assert.Equal(Outcome.Waiting, driver.Enter(capped).Answer);
        Assert.Equal(2, driver.InUse);
    }

    [Fact]
    public void The_limit_holds_although_the_caps_leave_room()
    {
        GateDriver driver = new(limit: 3);
        PolicyGate[] capped = [driver.AddPolicy(cap: 2), driver.AddPolicy(cap: 2)];
        driver.Hold(capped[0]);
        driver.Hold(capped[0]);
        driver.Hold(capped[1]);

        Assert.Equal(Outcome.Waiting, driver.Enter(capped[1]).Answer);
        Assert.Equal(3, driver.InUse);
    }

    [Fact]
    public void A_cap_that_is_reached_holds_up_only_its_own_policy()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate capped = driver.AddPolicy(cap: 1);
        PolicyGate free = driver.AddPolicy();
        driver.Hold(capped);
        driver.Enter(capped);

        Assert.True(driver.TryTake(free));
    }

    [Fact]
    public void A_waiter_that_its_cap_holds_back_lets_younger_ones_of_others_pass()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate capped = driver.AddPolicy(cap: 1);
        PolicyGate free = driver.AddPolicy();
        driver.Hold(capped);
        driver.Hold(free);
        TestWaiter heldBack = driver.Enter(capped);
        TestWaiter younger = driver.Enter(free);

        driver.GiveBack(free);

        Assert.Equal([younger], driver.Completed);
        Assert.Equal(Outcome.Waiting, heldBack.Outcome);
    }

    [Fact]
    public void A_permit_given_back_under_a_cap_goes_to_the_oldest_of_all_not_to_its_own_policy()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate capped = driver.AddPolicy(cap: 1);
        PolicyGate free = driver.AddPolicy();
        driver.Hold(capped);
        TestWaiter oldest = driver.Enter(free);
        TestWaiter own = driver.Enter(capped);

        driver.GiveBack(capped);

        Assert.Equal([oldest], driver.Completed);
        Assert.Equal((0, 1, Outcome.Waiting), (driver.Read(capped).InUse, driver.Read(free).InUse, own.Outcome));
    }

    [Fact]
    public void A_dear_waiter_that_is_next_is_waited_for_by_all_policies() // or cheap ones could keep it waiting for ever
    {
        GateDriver driver = new(limit: 3);
        PolicyGate dear = driver.AddPolicy();
        PolicyGate cheap = driver.AddPolicy();
        driver.Hold(cheap);
        driver.Hold(cheap);
        driver.Hold(cheap);
        TestWaiter head = driver.Enter(dear, cost: 2);
        TestWaiter small = driver.Enter(cheap);

        driver.GiveBack(cheap);
        Assert.Empty(driver.Completed);
        Assert.False(driver.TryTake(cheap));

        driver.GiveBack(cheap);
        Assert.Equal([head], driver.Completed);
        Assert.Equal(Outcome.Waiting, small.Outcome);
    }

    [Fact]
    public void A_full_queue_refuses_only_its_own_policy()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate full = driver.AddPolicy(capacity: 0);
        PolicyGate roomy = driver.AddPolicy(capacity: 1);
        driver.Hold(full);

        Assert.Equal(ShedReason.QueueFull, driver.Enter(full).Refusal);
        Assert.Equal(Outcome.Waiting, driver.Enter(roomy).Answer);
    }

    [Fact]
    public void Dismissing_a_policy_turns_its_waiters_away_in_order_and_leaves_all_others()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate ending = driver.AddPolicy();
        PolicyGate staying = driver.AddPolicy();
        driver.Hold(ending);
        TestWaiter first = driver.Enter(ending);
        TestWaiter other = driver.Enter(staying);
        TestWaiter second = driver.Enter(ending);

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
        driver.Hold(policy);
        driver.Enter(policy);
        driver.Dismiss(policy, ShedReason.Draining);
        TestWaiter later = driver.Enter(policy);

        driver.GiveBack(policy);

        Assert.Equal(Outcome.Granted, later.Outcome);
    }
}
