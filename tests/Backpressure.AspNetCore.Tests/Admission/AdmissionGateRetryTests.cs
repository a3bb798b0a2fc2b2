using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>With a ratio of 1 and no floor, the budget holds exactly one retry for each first attempt that was admitted.</summary>
public class AdmissionGateRetryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly GateDriver _driver = new(limit: 1);
    private readonly PolicyGate _policy;

    public AdmissionGateRetryTests() => _policy = _driver.AddPolicy(capacity: 10, retryRatio: 1);

    public enum Ending
    {
        Withdrawn,
        Expired,
        Dismissed,
        FoundExpiredByALeave,
    }

    [Fact]
    public void While_there_is_room_every_retry_is_admitted_and_the_budget_is_not_touched()
    {
        Assert.Equal(Outcome.Granted, _driver.Enter(_policy, isRetry: true).Answer);
        _driver.GiveBack(_policy);
        _driver.Hold(_policy);

        Assert.Equal(1, RetriesLeft());
    }

    [Fact]
    public void While_saturated_a_retry_beyond_the_budget_is_refused_although_the_queue_has_places()
    {
        _driver.Hold(_policy, isRetry: true);

        TestWaiter retry = _driver.Enter(_policy, isRetry: true);

        Assert.Equal((Outcome.Shed, ShedReason.RetryBudget), (retry.Answer, retry.Reason));
        Assert.Equal((0, 1), (_driver.Read(_policy).Queued, _driver.Read(_policy).Shed[(int)ShedReason.RetryBudget]));
    }

    [Fact]
    public void While_saturated_a_retry_that_waits_spends_the_budget()
    {
        _driver.Hold(_policy);

        Assert.Equal(Outcome.Waiting, _driver.Enter(_policy, isRetry: true).Answer);

        Assert.Equal(0, RetriesLeft());
    }

    [Fact]
    public void A_first_attempt_needs_no_budget()
    {
        _driver.Hold(_policy, isRetry: true);

        Assert.Equal(Outcome.Waiting, _driver.Enter(_policy).Answer);
    }

    [Fact]
    public void A_retry_that_is_admitted_from_the_queue_has_spent_its_budget_for_good()
    {
        _driver.Hold(_policy);
        TestWaiter retry = _driver.Enter(_policy, isRetry: true);

        _driver.GiveBack(_policy);

        Assert.Equal(Outcome.Granted, retry.Outcome);
        Assert.Equal(0, RetriesLeft());
    }

    [Theory]
    [InlineData(Ending.Withdrawn)]
    [InlineData(Ending.Expired)]
    [InlineData(Ending.Dismissed)]
    [InlineData(Ending.FoundExpiredByALeave)]
    public void A_retry_that_is_not_admitted_in_the_end_gives_its_budget_back(Ending ending)
    {
        _driver.Hold(_policy);
        TestWaiter retry = _driver.Enter(_policy, isRetry: true, deadline: _driver.Now + Second);
        Assert.Equal(Outcome.Waiting, retry.Answer);

        switch (ending)
        {
            case Ending.Withdrawn:
                _driver.Withdraw(retry);
                break;
            case Ending.Expired:
                _driver.Now += Second;
                _driver.Expire(retry);
                break;
            case Ending.Dismissed:
                _driver.Dismiss(_policy, ShedReason.Draining);
                break;
            default:
                _driver.Now += Second;
                _driver.GiveBack(_policy);
                _driver.Hold(_policy, isRetry: true);
                break;
        }

        Assert.NotEqual(Outcome.Granted, retry.Outcome);
        Assert.Equal(1, RetriesLeft());
    }

    [Fact]
    public void A_full_queue_does_not_cost_a_retry_its_budget()
    {
        PolicyGate narrow = _driver.AddPolicy(capacity: 1, retryRatio: 1);
        _driver.Hold(narrow);
        TestWaiter first = _driver.Enter(narrow);

        Assert.Equal(ShedReason.QueueFull, _driver.Enter(narrow, isRetry: true).Refusal);

        _driver.Withdraw(first);
        Assert.Equal(Outcome.Waiting, _driver.Enter(narrow, isRetry: true).Answer);
    }

    [Fact]
    public void A_retry_whose_time_is_over_does_not_cost_its_budget()
    {
        _driver.Hold(_policy);

        Assert.Equal(ShedReason.DeadlineInfeasible, _driver.Enter(_policy, isRetry: true, deadline: _driver.Now).Refusal);

        Assert.Equal(1, RetriesLeft());
    }

    [Fact]
    public void A_first_attempt_earns_once_when_it_is_admitted_in_whatever_way()
    {
        _driver.Hold(_policy);
        TestWaiter queued = _driver.Enter(_policy);
        _driver.GiveBack(_policy);
        Assert.Equal(Outcome.Granted, queued.Outcome);
        _driver.GiveBack(_policy);
        Assert.Equal(Outcome.Granted, _driver.Enter(_policy).Answer);

        Assert.Equal(3, RetriesLeft());
    }

    [Fact]
    public void Who_was_not_admitted_earns_nothing()
    {
        _driver.Hold(_policy, isRetry: true);
        _driver.Withdraw(_driver.Enter(_policy));
        _driver.TakeOut(_driver.Enter(_policy, deadline: _driver.Now + Second), expires: true);
        _driver.Enter(_policy, deadline: _driver.Now);
        _driver.Enter(_policy, places: 100);

        Assert.Equal(0, RetriesLeft());
    }

    [Fact]
    public void A_retry_earns_nothing()
    {
        _driver.Hold(_policy);
        _driver.Enter(_policy, isRetry: true);
        _driver.GiveBack(_policy);

        Assert.Equal(0, RetriesLeft());
    }

    [Fact]
    public void Each_policy_has_a_budget_of_its_own()
    {
        PolicyGate other = _driver.AddPolicy(retryRatio: 1);
        _driver.Hold(_policy);

        Assert.Equal(ShedReason.RetryBudget, _driver.Enter(other, isRetry: true).Refusal);
        Assert.Equal(1, RetriesLeft());
    }

    /// <summary>Counts by trying, at a gate that is full and a queue that has places.</summary>
    private int RetriesLeft()
    {
        for (int admitted = 0; ; admitted++)
        {
            TestWaiter retry = _driver.Enter(_policy, isRetry: true);
            if (retry.Answer != Outcome.Waiting)
            {
                Assert.Equal((Outcome.Shed, ShedReason.RetryBudget), (retry.Answer, retry.Reason));
                return admitted;
            }
        }
    }
}
