using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Rule 4.11: what the thread pool can run bounds the gate beside its limit. AdmissionGateModelTests holds all combinations against a model.</summary>
public sealed class AdmissionGateCeilingTests
{
    private readonly GateDriver _driver = new(limit: 100);

    [Fact]
    public void The_lower_of_limit_and_ceiling_binds_whichever_was_set_last()
    {
        PolicyGate policy = _driver.AddPolicy();

        _driver.SetCeiling(4);
        Assert.Equal(4, _driver.Gate.Limit);
        _driver.SetLimit(50);
        Assert.Equal(4, _driver.Gate.Limit);
        _driver.SetLimit(3);
        Assert.Equal(3, _driver.Gate.Limit);
        _driver.SetCeiling(Permits.NoCeiling);
        _driver.SetLimit(60);
        Assert.Equal(60, _driver.Gate.Limit);

        Assert.Equal(0, _driver.Read(policy).Queued);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_ceiling_below_one_is_refused_and_changes_nothing(int ceiling)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _driver.SetCeiling(ceiling));

        Assert.Equal(100, _driver.Gate.Limit);
    }

    [Fact]
    public void Where_the_ceiling_is_reached_a_newcomer_waits_although_the_limit_has_room_and_counts_as_coming_to_a_full_gate()
    {
        PolicyGate policy = _driver.AddPolicy(capacity: 1);
        TestWaiter[] inside = [_driver.Hold(policy, isRetry: true), _driver.Hold(policy, isRetry: true), _driver.Hold(policy, isRetry: true)];
        Assert.Equal(0, _driver.PressureOn(policy));

        _driver.SetCeiling(2);

        Assert.Equal((1.5, 1.0), (_driver.Gate.Load, _driver.PressureOn(policy)));
        Assert.False(_driver.TryTake(policy));
        Assert.Equal(ShedReason.RetryBudget, _driver.Enter(policy, isRetry: true).ShedFor); // saturated, and nobody has earned a retry
        TestWaiter waiting = _driver.Enter(policy);
        Assert.Equal(Outcome.Waiting, waiting.Answer);
        Assert.Equal(ShedReason.QueueFull, _driver.Enter(policy).ShedFor);

        _driver.Leave(inside[0]); // the excess drains first
        Assert.Equal(Outcome.Waiting, waiting.Outcome);
        _driver.Leave(inside[1]);
        Assert.Equal(Outcome.Granted, waiting.Outcome);
    }

    [Fact]
    public void Whoever_waits_is_granted_when_the_ceiling_rises()
    {
        PolicyGate policy = _driver.AddPolicy();
        _driver.SetCeiling(1);
        _driver.Hold(policy);
        TestWaiter[] waiting = [_driver.Enter(policy), _driver.Enter(policy), _driver.Enter(policy)];

        _driver.SetCeiling(3);

        Assert.Equal([Outcome.Granted, Outcome.Granted, Outcome.Waiting], waiting.Select(waiter => waiter.Outcome));
        _driver.SetCeiling(Permits.NoCeiling);
        Assert.Equal(Outcome.Granted, waiting[2].Outcome);
    }

    [Fact]
    public void The_time_that_requests_take_is_the_mean_of_the_policies_by_what_runs_in_each()
    {
        PolicyGate quick = _driver.AddPolicy();
        PolicyGate slow = _driver.AddPolicy();
        _driver.AddPolicy();
        Assert.Equal(TimeSpan.Zero, _driver.Gate.ServiceTime);

        Serve(quick, milliseconds: 10);
        Assert.Equal(10, _driver.Gate.ServiceTime.TotalMilliseconds);
        Serve(slow, milliseconds: 100);
        Assert.Equal(55, _driver.Gate.ServiceTime.TotalMilliseconds);
        _driver.Hold(slow);
        _driver.Hold(slow);

        Assert.Equal(70, _driver.Gate.ServiceTime.TotalMilliseconds); // (10 + 2 · 100) / 3
    }

    private void Serve(PolicyGate policy, int milliseconds)
    {
        TestWaiter waiter = _driver.Hold(policy);
        _driver.Now += TimeSpan.FromMilliseconds(milliseconds);
        _driver.Leave(waiter);
    }
}
