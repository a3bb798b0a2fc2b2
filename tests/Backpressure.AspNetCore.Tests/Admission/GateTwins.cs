using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A gate and its model, taken through the same steps and compared after each. Waiters are used again once they are done, as in production.</summary>
internal sealed class GateTwins
{
    private readonly GateDriver _driver;
    private readonly PolicyGate[] _policies;
    private readonly ModelPolicy[] _modelPolicies;
    private readonly GateModel _model;
    private readonly List<Pair> _pairs = []; // whoever waits or holds
    private readonly Stack<TestWaiter> _idle = [];
    private int _completedBefore;

    public GateTwins(int limit, bool honoursAge, (PolicySettings Settings, decimal RetryRatio)[] policies)
    {
        _driver = new GateDriver(limit, honoursAge);
        _policies = [.. policies.Select(policy => _driver.AddPolicy(policy.Settings, (double)policy.RetryRatio))];
        _modelPolicies = [.. policies.Select(policy => new ModelPolicy(policy.Settings, policy.RetryRatio))];
        _model = new GateModel(limit, _modelPolicies, honoursAge);
    }

    private TimeSpan Now => _driver.Now;

    public void Advance(TimeSpan time) => _driver.Now += time;

    public void TryTake(int policy, int cost)
    {
        ModelRequest? twin = _model.TryTake(_modelPolicies[policy], cost, Now);
        bool taken = _driver.TryTake(_policies[policy], cost, out int permits);
        Assert.Equal((twin is not null, twin?.Permits ?? 0), (taken, permits));
        if (twin is not null)
        {
            _pairs.Add(new Pair(null, twin, 0));
        }
    }

    public void Enter(int policy, int cost, int places, Criticality criticality, bool isRetry, TimeSpan? timeLeft)
    {
        TimeSpan deadline = timeLeft is { } left ? Now + left : TimeSpan.MaxValue;
        ModelRequest twin = new() { Policy = _modelPolicies[policy], Cost = cost, Places = places, Criticality = criticality, IsRetry = isRetry, Deadline = deadline };
        TestWaiter waiter = places == 1 && _idle.TryPop(out TestWaiter? used) ? used : new TestWaiter(_policies[policy], _driver.Note) { Places = places };
        (waiter.Policy, waiter.Cost, waiter.Criticality, waiter.IsRetry, waiter.Deadline) = (_policies[policy], cost, criticality, isRetry, deadline);
        _pairs.Add(new Pair(waiter, twin, waiter.Completions));

        List<ModelRequest> expected = _model.Enter(twin, Now);
        _driver.Enter(waiter);

        Assert.Equal(expected.Contains(twin) ? Outcome.Waiting : twin.Outcome, waiter.Answer);
        ExpectDecided(expected);
    }

    public void Leave(int which, bool isSample)
    {
        Pair[] holders = [.. _pairs.Where(pair => pair.Twin.Outcome == Outcome.Granted)];
        if (holders.Length == 0)
        {
            return;
        }

        Pair holder = holders[which % holders.Length];
        bool hasWaiter = holder.Waiter is not null;
        List<ModelRequest> expected = _model.Leave(holder.Twin, isSample && hasWaiter, Now);
        if (hasWaiter)
        {
            _driver.Leave(holder.Waiter!, isSample);
        }
        else
        {
            _driver.GiveBack(_policies[Array.IndexOf(_modelPolicies, holder.Twin.Policy)], holder.Twin.Permits);
        }

        ExpectDecided(expected);
    }

    public void TakeOut(int which, bool expires)
    {
        Pair[] pairs = [.. _pairs.Where(pair => pair.Waiter is not null)];
        if (pairs.Length == 0)
        {
            return;
        }

        Pair pair = pairs[which % pairs.Length];
        bool waits = pair.Twin.Outcome == Outcome.Waiting;
        bool isDue = waits && (!expires || pair.Twin.ExpiresAt <= Now);
        List<ModelRequest> expected = isDue ? _model.TakeOut(pair.Twin, expires, Now) : [];
        if (expires)
        {
            Assert.Equal(waits && !isDue ? pair.Twin.ExpiresAt : null, _driver.Expire(pair.Waiter!));
        }
        else
        {
            Assert.Equal(isDue, _driver.Withdraw(pair.Waiter!));
        }

        ExpectDecided(expected);
    }

    public void Dismiss(int policy, ShedReason reason)
    {
        List<ModelRequest> expected = _model.Dismiss(_modelPolicies[policy], reason, Now);
        _driver.Dismiss(_policies[policy], reason);
        ExpectDecided(expected);
    }

    public void SetLimit(int limit)
    {
        List<ModelRequest> expected = _model.SetLimit(limit, Now);
        _driver.SetLimit(limit);
        ExpectDecided(expected);
    }

    public void SetCeiling(int ceiling)
    {
        List<ModelRequest> expected = _model.SetCeiling(ceiling, Now);
        _driver.SetCeiling(ceiling);
        ExpectDecided(expected);
    }

    public void Configure(int policy, PolicySettings settings)
    {
        List<ModelRequest> expected = _model.Configure(_modelPolicies[policy], settings, Now);
        _driver.Configure(_policies[policy], settings);
        ExpectDecided(expected);
    }

    /// <summary>Holds the gate against its model, and the model against the rule that nobody waits for what is free.</summary>
    public void Compare()
    {
        GateReading reading = _driver.Gate.Read();
        Assert.Equal((_model.Limit, _model.InUse), (reading.Limit, reading.InUse));
        Assert.Equal(_pairs.Where(pair => pair.Twin is { Outcome: Outcome.Granted, HasLeft: false }).Sum(pair => pair.Waiter?.Permits ?? pair.Twin.Permits), reading.InUse);
        Assert.False(_model.HoldsSomebodyUp, "A waiter waits although it is next and its permits are free.");
        for (int i = 0; i < _policies.Length; i++)
        {
            PolicyReading expected = _model.Read(_modelPolicies[i], reading.Policies[i].Name);
            Assert.Equal(expected.Shed, reading.Policies[i].Shed);
            Assert.Equal(expected with { Shed = reading.Policies[i].Shed }, reading.Policies[i]); // records compare arrays by reference
            Assert.Equal(_model.Pressure(_modelPolicies[i], Now), _driver.PressureOn(_policies[i]), precision: 9);
            Assert.Equal(_model.DrainTime(_modelPolicies[i], Now), _policies[i].DrainTime(Now));
            Assert.Equal(_model.Queue(_modelPolicies[i]), QueueWalk.Through(_policies[i].Waiting).Select(node => _pairs.Single(pair => pair.Waiter == node).Twin));
        }

        foreach (Pair pair in _pairs.Where(pair => pair.Waiter is not null))
        {
            pair.Check();
        }

        Forget();
    }

    private void ExpectDecided(List<ModelRequest> expected)
    {
        Assert.Equal(expected, _driver.Completed.Skip(_completedBefore).Select(waiter => _pairs.Single(pair => pair.Waiter == waiter).Twin));
        _completedBefore = _driver.Completed.Count;
        _pairs.ForEach(pair => pair.ExpectCompletion(expected.Contains(pair.Twin)));
    }

    /// <summary>Lets go of whoever is done, whose waiter is free for others.</summary>
    private void Forget()
    {
        foreach (Pair done in _pairs.Where(pair => pair.Twin is { HasLeft: true } or { Outcome: Outcome.Shed or Outcome.Cancelled }).ToArray())
        {
            _pairs.Remove(done);
            if (done.Waiter is { Places: 1 } waiter)
            {
                _idle.Push(waiter);
            }
        }
    }

    /// <summary>A request in both worlds; without a waiter when it took its permits without one.</summary>
    private sealed class Pair(TestWaiter? waiter, ModelRequest twin, int completions)
    {
        private int _completions = completions;

        public TestWaiter? Waiter => waiter;

        public ModelRequest Twin => twin;

        public void ExpectCompletion(bool isDecided) => _completions += isDecided ? 1 : 0;

        public void Check()
        {
            Assert.Equal((twin.Outcome, twin.Reason, _completions), (waiter!.Outcome, waiter.ShedFor, waiter.Completions));
            Assert.Equal(twin.EnqueuedAt, waiter.EnqueuedAt);
            Assert.Equal(twin.Outcome == Outcome.Waiting ? twin.ExpiresAt : twin.DecidedAt, twin.Outcome == Outcome.Waiting ? waiter.ExpiresAt : waiter.DecidedAt);
            Assert.True(twin.Outcome != Outcome.Granted || twin.Permits == waiter.Permits, $"{twin.Permits} permits expected, {waiter.Permits} granted.");
        }
    }
}
