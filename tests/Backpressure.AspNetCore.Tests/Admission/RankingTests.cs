using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class RankingTests
{
    private readonly RankingDriver _driver = new();

    [Fact]
    public void Where_nobody_waits_nobody_is_next()
    {
        Assert.Null(_driver.Next());
        _driver.Add();
        Assert.Null(_driver.Next());
    }

    [Fact]
    public void The_higher_lane_is_first_within_a_policy_and_between_policies()
    {
        (PolicyGate one, PolicyGate other) = (_driver.Add(), _driver.Add());
        Waiter[] inRank = [_driver.Wait(one, Criticality.Sheddable), _driver.Wait(other), _driver.Wait(one, Criticality.Critical)];

        Assert.Equal(inRank.Reverse(), _driver.TakeAll());
    }

    [Fact]
    public void In_the_same_lane_the_policy_whose_waiter_is_older_is_first()
    {
        (PolicyGate one, PolicyGate other) = (_driver.Add(), _driver.Add());
        Waiter[] inOrder = [_driver.Wait(other), _driver.Wait(one), _driver.Wait(one), _driver.Wait(other)];

        Assert.Equal(inOrder, _driver.TakeAll());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_the_newest_is_served_first_the_age_of_the_oldest_speaks_for_it(bool isSenior)
    {
        (PolicyGate newestFirst, PolicyGate other) = (_driver.Add(order: QueueOrder.NewestFirst), _driver.Add());
        Waiter first = _driver.Wait(isSenior ? newestFirst : other);
        _driver.Wait(isSenior ? other : newestFirst);
        Waiter newest = _driver.Wait(newestFirst);

        Assert.Same(isSenior ? newest : first, _driver.Next());
    }

    [Fact]
    public void An_older_waiter_in_a_lower_lane_does_not_speak_for_its_policy()
    {
        (PolicyGate one, PolicyGate other) = (_driver.Add(), _driver.Add());
        _driver.Wait(one, Criticality.Sheddable);
        Waiter second = _driver.Wait(other);
        _driver.Wait(one);

        Assert.Same(second, _driver.Next());
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    [InlineData(14, false)]
    [InlineData(15, true)]
    public void Every_eighth_grant_is_for_whoever_waits_longest_whatever_the_lane_and_the_order(int grantsBefore, bool isForLongest) // C16
    {
        (PolicyGate one, PolicyGate other) = (_driver.Add(), _driver.Add(order: QueueOrder.NewestFirst));
        TestWaiter longest = _driver.Wait(other, Criticality.Sheddable);
        _driver.Wait(one);
        _driver.Wait(other, Criticality.Sheddable);
        Waiter highest = _driver.Wait(other, Criticality.Critical);

        _driver.NoteGrants(grantsBefore);

        Assert.Same(isForLongest ? longest : highest, _driver.Next());
    }

    [Fact]
    public void Where_age_is_not_honoured_the_eighth_is_as_any_other()
    {
        RankingDriver driver = new(honoursAge: false);
        PolicyGate policy = driver.Add();
        driver.Wait(policy);
        Waiter highest = driver.Wait(policy, Criticality.Critical);

        driver.NoteGrants(7);

        Assert.Same(highest, driver.Next());
    }

    [Theory]
    [InlineData(QueueOrder.OldestFirst, Criticality.Sheddable, false)]
    [InlineData(QueueOrder.OldestFirst, Criticality.Normal, false)]
    [InlineData(QueueOrder.OldestFirst, Criticality.Critical, true)]
    [InlineData(QueueOrder.NewestFirst, Criticality.Sheddable, false)]
    [InlineData(QueueOrder.NewestFirst, Criticality.Normal, true)]
    [InlineData(QueueOrder.NewestFirst, Criticality.Critical, true)]
    public void A_newcomer_is_judged_as_the_last_in_its_lane(QueueOrder order, Criticality criticality, bool isNext)
    {
        PolicyGate policy = _driver.Add(order: order);
        Waiter waiting = _driver.Wait(policy);
        TestWaiter newcomer = _driver.Newcomer(policy, criticality);

        Assert.Same(isNext ? newcomer : waiting, _driver.Next(newcomer));
        Assert.Equal([waiting], QueueWalk.Through(policy.Waiting)); // it was judged, and did not join
    }

    [Theory]
    [InlineData(Criticality.Sheddable, false)]
    [InlineData(Criticality.Normal, false)]
    [InlineData(Criticality.Critical, true)]
    public void A_newcomer_whose_policy_has_nobody_waiting_is_behind_who_waits_in_the_same_lane_elsewhere(Criticality criticality, bool isNext)
    {
        (PolicyGate own, PolicyGate other) = (_driver.Add(order: QueueOrder.NewestFirst), _driver.Add());
        Waiter waiting = _driver.Wait(other);
        TestWaiter newcomer = _driver.Newcomer(own, criticality);

        Assert.Same(isNext ? newcomer : waiting, _driver.Next(newcomer));
    }

    [Fact]
    public void A_newcomer_that_is_served_before_the_older_of_its_policy_has_their_seniority()
    {
        (PolicyGate other, PolicyGate own) = (_driver.Add(), _driver.Add(order: QueueOrder.NewestFirst));
        _driver.Wait(own);
        _driver.Wait(other);
        TestWaiter newcomer = _driver.Newcomer(own);

        Assert.Same(newcomer, _driver.Next(newcomer));
    }

    [Fact]
    public void When_it_is_the_turn_of_the_longest_a_newcomer_is_next_only_where_nobody_waits()
    {
        PolicyGate policy = _driver.Add(order: QueueOrder.NewestFirst);
        Waiter waiting = _driver.Wait(policy, Criticality.Sheddable);
        TestWaiter newcomer = _driver.Newcomer(policy, Criticality.Critical);
        _driver.NoteGrants(7);
        Assert.Same(waiting, _driver.Next(newcomer));

        policy.Waiting.Remove(waiting);

        Assert.Same(newcomer, _driver.Next(newcomer));
    }

    [Theory] // limit 4
    [InlineData(1, 1, 1, false)]
    [InlineData(2, 1, 1, true)]
    [InlineData(2, 1, 2, false)]
    [InlineData(2, 0, 9, true)] // it gets no more than the cap
    [InlineData(9, 5, 9, true)] // nor than the limit
    [InlineData(9, 6, 9, false)]
    [InlineData(1, 1, 0, false)] // one must be free even for those who take none
    public void A_policy_whose_cap_leaves_no_room_is_passed_over(int cap, int inUse, int cost, bool hasRoom)
    {
        (PolicyGate capped, PolicyGate other) = (_driver.Add(cap), _driver.Add());
        capped.CountGrant(inUse);
        Waiter behindCap = _driver.Wait(capped, Criticality.Critical, cost);
        Waiter elsewhere = _driver.Wait(other, Criticality.Sheddable);

        Assert.Same(hasRoom ? behindCap : elsewhere, _driver.Next());
    }

    [Fact]
    public void Who_waits_behind_a_dear_one_for_room_below_the_cap_does_not_overtake_it()
    {
        PolicyGate capped = _driver.Add(cap: 2);
        capped.CountGrant(1);
        _driver.Wait(capped, cost: 2);
        _driver.Wait(capped, cost: 1);

        Assert.Null(_driver.Next());
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(1, 2, false)]
    public void Where_the_newest_is_served_first_it_is_its_cost_for_which_the_cap_must_have_room(int costOfOldest, int costOfNewest, bool hasRoom)
    {
        PolicyGate capped = _driver.Add(cap: 2, QueueOrder.NewestFirst);
        capped.CountGrant(1);
        _driver.Wait(capped, cost: costOfOldest);
        Waiter newest = _driver.Wait(capped, cost: costOfNewest);

        Assert.Same(hasRoom ? newest : null, _driver.Next());
    }

    [Fact]
    public void The_limit_of_the_server_passes_nobody_over()
    {
        _driver.Permits.TryTake(4, out _);
        PolicyGate policy = _driver.Add();
        Waiter dear = _driver.Wait(policy, cost: 4);
        _driver.Wait(policy);

        Assert.Same(dear, _driver.Next());
    }

    [Fact] // C16: the turn of the longest of all may always find its policy at its cap
    public void Who_waits_longest_in_its_policy_is_next_there_after_seven_of_its_own_went_past()
    {
        PolicyGate policy = _driver.Add(cap: 4);
        TestWaiter oldest = _driver.Wait(policy, Criticality.Sheddable, cost: 3);
        TestWaiter critical = _driver.Wait(policy, Criticality.Critical);
        for (int i = 0; i < 6; i++)
        {
            policy.NotePassLocked();
        }

        Assert.Same(critical, _driver.Next());
        policy.NotePassLocked();
        Assert.Same(oldest, _driver.Next());

        policy.CountGrant(2); // now it does not fit, and its policy drains for it
        Assert.Null(_driver.Next(_driver.Newcomer(policy, Criticality.Critical)));
    }
}
