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
        Assert.True(_driver.TryEnter(_policy, isRetry: true));
        _driver.Leave(_policy);
        Assert.Equal(Outcome.Granted, _driver.Enqueue(_policy, isRetry: true).Answer);
        _driver.Leave(_policy);
        _driver.TryEnter(_policy);

        Assert.Equal(1, RetriesLeft());
    }

    [Fact]
    public void While_saturated_a_retry_beyond_the_budget_is_refused_although_the_queue_has_places()
    {
        _driver.TryEnter(_policy, isRetry: true);

        TestWaiter retry = _driver.Enqueue(_policy, isRetry: true);

        Assert.Equal((Outcome.Shed, ShedReason.RetryBudget), (retry.Answer, retry.Reason));
        Assert.Equal((0, 1), (_driver.Read(_policy).Queued, _driver.Read(_policy).Shed[(int)ShedReason.RetryBudget]));
    }

    [Fact]
    public void While_saturated_a_retry_that_waits_spends_the_budget()
    {
        _driver.TryEnter(_policy);

        Assert.Equal(Outcome.Waiting, _driver.Enqueue(_policy, isRetry: true).Answer);

        Assert.Equal(0, RetriesLeft());
    }

    [Fact]
    public void A_first_attempt_needs_no_budget()
    {
        _driver.TryEnter(_policy, isRetry: true);

        Assert.Equal(Outcome.Waiting, _driver.Enqueue(_policy).Answer);
    }

    [Fact]
    public void A_retry_that_is_admitted_from_the_queue_has_spent_its_budget_for_good()
    {
        _driver.TryEnter(_policy);
        TestWaiter retry = _driver.Enqueue(_policy, isRetry: true);

        _driver.Leave(_policy);

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
        _driver.TryEnter(_policy);
        TestWaiter retry = _driver.Enqueue(_policy, isRetry: true, expiresAt: _driver.Now + Second);
        Assert.Equal(Outcome.Waiting, retry.Answer);

        switch (ending)
        {
            case Ending.Withdrawn:
                _driver.Withdraw(retry);
                break;
            case Ending.Expired:
                _driver.Expire(retry);
                break;
            case Ending.Dismissed:
                _driver.Dismiss(_policy, ShedReason.Draining);
                break;
            default:
                _driver.Now += Second;
                _driver.Leave(_policy);
                _driver.TryEnter(_policy, isRetry: true);
                break;
        }

        Assert.NotEqual(Outcome.Granted, retry.Outcome);
        Assert.Equal(1, RetriesLeft());
    }

    [Fact]
    public void A_full_queue_does_not_cost_a_retry_its_budget()
    {
        PolicyGate narrow = _driver.AddPolicy(capacity: 1, retryRatio: 1);
        _driver.TryEnter(narrow);
        TestWaiter first = _driver.Enqueue(narrow);

        Assert.Equal(ShedReason.QueueFull, _driver.Enqueue(narrow, isRetry: true).Refusal);

        _driver.Withdraw(first);
        Assert.Equal(Outcome.Waiting, _driver.Enqueue(narrow, isRetry: true).Answer);
    }

    [Fact]
    public void A_retry_whose_time_is_over_does_not_cost_its_budget()
    {
        _driver.TryEnter(_policy);

        Assert.Equal(ShedReason.DeadlineInfeasible, _driver.Enqueue(_policy, isRetry: true, expiresAt: _driver.Now).Refusal);

        Assert.Equal(1, RetriesLeft());
    }

    [Fact]
    public void A_first_attempt_earns_once_when_it_is_admitted_in_whatever_way()
    {
        _driver.TryEnter(_policy);
        TestWaiter queued = _driver.Enqueue(_policy);
        _driver.Leave(_policy);
        Assert.Equal(Outcome.Granted, queued.Outcome);
        _driver.Leave(_policy);
        Assert.Equal(Outcome.Granted, _driver.Enqueue(_policy).Answer);

        Assert.Equal(3, RetriesLeft());
    }

    [Fact]
    public void Who_was_not_admitted_earns_nothing()
    {
        _driver.TryEnter(_policy, isRetry: true);
        _driver.Withdraw(_driver.Enqueue(_policy));
        _driver.Expire(_driver.Enqueue(_policy));
        _driver.Enqueue(_policy, expiresAt: _driver.Now);
        _driver.Enqueue(_policy, places: 100);
        _driver.Gate.Refuse(_policy, ShedReason.QueueFull, _driver.Now);
        _driver.TryEnter(_policy);

        Assert.Equal(0, RetriesLeft());
    }

    [Fact]
    public void A_retry_earns_nothing()
    {
        _driver.TryEnter(_policy);
        _driver.Enqueue(_policy, isRetry: true);
        _driver.Leave(_policy);

        Assert.Equal(0, RetriesLeft());
    }

    [Fact]
    public void Each_policy_has_a_budget_of_its_own()
    {
        PolicyGate other = _driver.AddPolicy(retryRatio: 1);
        _driver.TryEnter(_policy);

        Assert.Equal(ShedReason.RetryBudget, _driver.Enqueue(other, isRetry: true).Refusal);
        Assert.Equal(1, RetriesLeft());
    }

    /// <summary>Counts by trying, at a gate that is full and a queue that has places.</summary>
    private int RetriesLeft()
    {
        for (int admitted = 0; ; admitted++)
        {
            TestWaiter retry = _driver.Enqueue(_policy, isRetry: true);
            if (retry.Answer != Outcome.Waiting)
            {
                Assert.Equal((Outcome.Shed, ShedReason.RetryBudget), (retry.Answer, retry.Reason));
                return admitted;
            }
        }
    }
}
