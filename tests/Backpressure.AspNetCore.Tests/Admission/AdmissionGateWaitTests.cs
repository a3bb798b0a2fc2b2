using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateWaitTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly GateDriver _driver = new(limit: 1);
    private readonly PolicyGate _policy;

    public AdmissionGateWaitTests()
    {
        _policy = _driver.AddPolicy(capacity: 3);
        _driver.Hold(_policy);
    }

    [Theory] // C5
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_waiter_leaves_from_anywhere_in_the_queue_and_leaves_nothing_behind(int place)
    {
        List<TestWaiter> waiters = [_driver.Enter(_policy), _driver.Enter(_policy), _driver.Enter(_policy)];
        TestWaiter leaver = waiters[place];

        Assert.True(_driver.Withdraw(leaver));

        waiters.Remove(leaver);
        Assert.Equal(waiters, QueueWalk.Through(_policy.Waiting));
        Assert.Equal((Outcome.Cancelled, 1, null, null), (leaver.Outcome, leaver.Completions, leaver.Next, leaver.Previous));
        _driver.GiveBack(_policy);
        _driver.GiveBack(_policy);
        Assert.Equal([leaver, .. waiters], _driver.Completed);
    }

    [Fact]
    public void The_last_waiter_to_leave_leaves_a_queue_that_works()
    {
        _driver.Withdraw(_driver.Enter(_policy));
        TestWaiter next = _driver.Enter(_policy);

        Assert.Equal([next], QueueWalk.Through(_policy.Waiting));
        _driver.GiveBack(_policy);
        Assert.Equal(Outcome.Granted, next.Outcome);
    }

    [Fact]
    public void The_place_of_a_waiter_that_left_is_free_again()
    {
        TestWaiter wide = _driver.Enter(_policy, places: 3);
        Assert.Equal(ShedReason.QueueFull, _driver.Enter(_policy).Refusal);

        _driver.Withdraw(wide);

        Assert.Equal(Outcome.Waiting, _driver.Enter(_policy, places: 3).Answer);
    }

    [Fact]
    public void A_waiter_whose_time_is_over_is_shed_as_a_queue_timeout()
    {
        TestWaiter waiter = _driver.Enter(_policy, deadline: _driver.Now + Second);
        _driver.Now += Second;

        Assert.Null(_driver.Expire(waiter));

        Assert.Equal((Outcome.Shed, ShedReason.QueueTimeout, 1), (waiter.Outcome, waiter.Reason, waiter.Completions));
        Assert.Empty(QueueWalk.Through(_policy.Waiting));
    }

    [Theory] // B18, B19: nobody hands a permit to who has gone
    [InlineData(false)]
    [InlineData(true)]
    public void Who_left_before_the_grant_gets_no_permit_and_the_next_in_line_does(bool expires)
    {
        TestWaiter gone = _driver.Enter(_policy, deadline: _driver.Now + Second);
        TestWaiter next = _driver.Enter(_policy);
        Assert.True(_driver.TakeOut(gone, expires));

        _driver.GiveBack(_policy);

        Assert.Equal((1, Outcome.Granted), (gone.Completions, next.Outcome));
        _driver.GiveBack(_policy);
        Assert.Equal(0, _driver.InUse);
    }

    [Theory] // B14, B18, B19
    [InlineData(false)]
    [InlineData(true)]
    public void A_grant_that_was_made_stands_whatever_comes_before_its_waiter_wakes(bool expires)
    {
        TestWaiter waiter = _driver.Enter(_policy, deadline: _driver.Now + Second);
        WaiterChain decided = default;
        Assert.True(_driver.Gate.Return(_policy, 1));
        _driver.Gate.Pump(_driver.Now, ref decided);

        Assert.False(_driver.TakeOut(waiter, expires));

        decided.CompleteAll();
        Assert.Equal((Outcome.Granted, 1), (waiter.Outcome, waiter.Completions));
        Assert.Equal((1, 0), (_driver.InUse, _driver.Read(_policy).Cancelled));
        _driver.GiveBack(_policy);
        Assert.Equal(0, _driver.InUse);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_has_left_cannot_leave_again(bool expiresFirst)
    {
        TestWaiter waiter = _driver.Enter(_policy, deadline: _driver.Now + Second);
        Assert.True(_driver.TakeOut(waiter, expiresFirst));
        Outcome decided = waiter.Outcome;

        Assert.False(_driver.Withdraw(waiter));
        Assert.Null(_driver.Expire(waiter));

        Assert.Equal((decided, 1), (waiter.Outcome, waiter.Completions));
        PolicyReading reading = _driver.Read(_policy);
        Assert.Equal(1, reading.Cancelled + reading.Shed.Sum());
        Assert.Equal((0, 0), (reading.Queued, reading.PlacesTaken));
    }

    [Fact]
    public void Who_never_waited_cannot_leave()
    {
        TestWaiter stranger = new(_policy);

        Assert.False(_driver.Withdraw(stranger));
        Assert.Null(_driver.Expire(stranger));
        Assert.Equal((Outcome.Undecided, 0), (stranger.Outcome, stranger.Completions));
    }

    [Theory] // the timer may be late
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void A_waiter_gets_a_permit_up_to_the_end_of_its_time_and_not_at_it(long ticksLeft, bool inTime)
    {
        TestWaiter waiter = _driver.Enter(_policy, deadline: _driver.Now + Second);
        TestWaiter next = _driver.Enter(_policy);
        _driver.Now += Second - TimeSpan.FromTicks(ticksLeft);

        _driver.GiveBack(_policy);

        Assert.Equal(inTime ? (Outcome.Granted, Outcome.Waiting) : (Outcome.Shed, Outcome.Granted), (waiter.Outcome, next.Outcome));
        Assert.Equal(1, _driver.InUse);
        Assert.Equal(inTime ? 0 : 1, _driver.Read(_policy).Shed[(int)ShedReason.QueueTimeout]);
    }

    [Theory] // B3, B21, C18
    [InlineData(false)]
    [InlineData(true)]
    public void When_a_dear_head_leaves_the_cheap_ones_behind_it_run(bool expires)
    {
        GateDriver driver = new(limit: 3);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy, cost: 1);
        TestWaiter dear = driver.Enter(policy, cost: 3, deadline: driver.Now + Second);
        TestWaiter[] cheap = [driver.Enter(policy), driver.Enter(policy)];

        Assert.True(driver.TakeOut(dear, expires));

        Assert.Equal([dear, .. cheap], driver.Completed);
        Assert.All(cheap, waiter => Assert.Equal(Outcome.Granted, waiter.Outcome));
        Assert.Equal(3, driver.InUse);
    }

    [Fact]
    public void A_waiter_knows_when_it_came_and_when_it_was_decided()
    {
        TestWaiter waiter = _driver.Enter(_policy);
        TimeSpan came = _driver.Now;
        _driver.Now += Second;

        _driver.GiveBack(_policy);

        Assert.Equal((came, came + Second, Second), (waiter.EnqueuedAt, waiter.DecidedAt, waiter.TimeInQueue));
    }

    [Theory] // a thread may have read the clock before another and come to the gate after it
    [InlineData(false)]
    [InlineData(true)]
    public void Nobody_has_waited_less_than_no_time(bool withdraws)
    {
        TestWaiter waiter = _driver.Enter(_policy);
        _driver.Now -= OneTick;

        if (withdraws)
        {
            _driver.Withdraw(waiter);
        }
        else
        {
            _driver.GiveBack(_policy);
        }

        Assert.Equal(TimeSpan.Zero, waiter.TimeInQueue);
    }
}
