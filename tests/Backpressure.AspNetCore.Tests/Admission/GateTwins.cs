using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A gate and its model, taken through the same steps and compared after each.</summary>
internal sealed class GateTwins
{
    private readonly int _limit;
    private readonly GateModel.Settings[] _settings;
    private readonly GateDriver _driver;
    private readonly PolicyGate[] _policies;
    private readonly GateModel _model;
    private readonly List<(TestWaiter Waiter, GateModel.Request Twin)> _waiters = []; // whoever was enqueued
    private readonly List<(int Policy, int Cost, GateModel.Request Twin)> _holders = []; // a ledger of its own: what the test itself took and gave back
    private readonly HashSet<TestWaiter> _waited = [];
    private int _completedBefore;

    public GateTwins(int limit, GateModel.Settings[] settings)
    {
        _limit = limit;
        _settings = settings;
        _driver = new GateDriver(limit);
        _policies = [.. settings.Select(policy => _driver.AddPolicy(policy.Cap, policy.Capacity, (double)policy.RetryRatio))];
        _model = new GateModel(limit, settings);
    }

    public void Advance(TimeSpan time) => _driver.Now += time;

    public bool TryEnter(int policy, int cost, bool isRetry)
    {
        bool entered = _driver.TryEnter(_policies[policy], cost, isRetry);
        GateModel.Request? twin = _model.TryEnter(policy, cost, isRetry);
        Assert.Equal(twin is not null, entered);
        if (twin is not null)
        {
            _holders.Add((policy, cost, twin));
        }

        return entered;
    }

    public void Enqueue(int policy, int cost, int places, bool isRetry, TimeSpan expiresAt)
    {
        GateModel.Request twin = _model.Enqueue(policy, cost, places, isRetry, expiresAt, _driver.Now);
        TestWaiter waiter = _driver.Enqueue(_policies[policy], cost, places, isRetry, expiresAt);
        Assert.Equal((twin.Outcome, twin.Cost), (waiter.Answer, waiter.Cost));
        _waiters.Add((waiter, twin));
        if (waiter.Answer == Outcome.Granted)
        {
            _holders.Add((policy, waiter.Cost, twin));
        }
        else if (waiter.Answer == Outcome.Waiting)
        {
            _waited.Add(waiter);
        }
    }

    public void Leave(int which)
    {
        if (_holders.Count == 0)
        {
            return;
        }

        (int policy, int cost, GateModel.Request twin) = _holders[which % _holders.Count];
        _holders.RemoveAt(which % _holders.Count);
        _driver.Leave(_policies[policy], cost);
        ExpectDecided(_model.Leave(twin, _driver.Now));
    }

    public void Withdraw(int which) => TakeOut(which, _driver.Withdraw, _model.Withdraw);

    public void Expire(int which) => TakeOut(which, _driver.Expire, _model.Expire);

    public void Refuse(int policy, ShedReason reason)
    {
        _driver.Gate.Refuse(_policies[policy], reason, _driver.Now);
        _model.Refuse(policy, reason, _driver.Now);
    }

    public void Dismiss(int policy, ShedReason reason)
    {
        _driver.Dismiss(_policies[policy], reason);
        ExpectDecided(_model.Dismiss(policy, reason, _driver.Now));
    }

    /// <summary>Holds the gate against its model, and both against the rules that never bend.</summary>
    public void Compare()
    {
        GateReading reading = _driver.Gate.Read();
        Assert.Equal(_holders.Sum(holder => holder.Cost), reading.InUse);
        Assert.InRange(reading.InUse, 0, _limit);
        for (int i = 0; i < _policies.Length; i++)
        {
            CompareReadings(_model.Read(i, reading.Policies[i].Name), reading.Policies[i]);
            Assert.Equal(_model.Pressure(i, _driver.Now), _driver.Gate.PressureOn(_policies[i], _driver.Now), precision: 9);
            CheckRules(i, reading);
        }

        foreach ((TestWaiter waiter, GateModel.Request twin) in _waiters)
        {
            int completions = _waited.Contains(waiter) && waiter.Outcome != Outcome.Waiting ? 1 : 0;
            Assert.True(
                waiter.Outcome == twin.Outcome && waiter.Reason == twin.Reason && waiter.Completions == completions,
                $"Expected {twin.Outcome} {twin.Reason}, completed {completions} times, but found {waiter.Outcome} {waiter.Reason}, completed {waiter.Completions} times.");
        }
    }

    private void TakeOut(int which, Func<TestWaiter, bool> takeOut, Func<GateModel.Request, TimeSpan, List<GateModel.Request>> expected)
    {
        if (_waiters.Count == 0)
        {
            return;
        }

        (TestWaiter waiter, GateModel.Request twin) = _waiters[which % _waiters.Count];
        bool waits = twin.Outcome == Outcome.Waiting;
        Assert.Equal(waits, takeOut(waiter));
        ExpectDecided(waits ? expected(twin, _driver.Now) : []);
    }

    private void ExpectDecided(List<GateModel.Request> expected)
    {
        TestWaiter[] decided = [.. _driver.Completed.Skip(_completedBefore)];
        _completedBefore = _driver.Completed.Count;
        Assert.Equal(expected, decided.Select(waiter => _waiters.Single(pair => pair.Waiter == waiter).Twin));
        foreach (TestWaiter granted in decided.Where(waiter => waiter.Outcome == Outcome.Granted))
        {
            GateModel.Request twin = _waiters.Single(pair => pair.Waiter == granted).Twin;
            _holders.Add((twin.Policy, granted.Cost, twin));
            Assert.DoesNotContain(_waiters.TakeWhile(pair => pair.Waiter != granted), older => older.Twin.Policy == twin.Policy && older.Waiter.Outcome == Outcome.Waiting);
        }
    }

    private static void CompareReadings(PolicyReading expected, PolicyReading actual)
    {
        Assert.Equal(expected.Shed, actual.Shed);
        Assert.Equal(expected with { Shed = actual.Shed }, actual); // records compare arrays by reference
    }

    private void CheckRules(int policy, GateReading gate)
    {
        PolicyReading reading = gate.Policies[policy];
        Waiter[] nodes = QueueWalk.Through(_policies[policy].Waiting);
        int cap = _settings[policy].Cap ?? _limit;
        Assert.InRange(reading.InUse, 0, Math.Min(cap, _limit));
        Assert.InRange(reading.PlacesTaken, 0, _settings[policy].Capacity);
        Assert.Equal(reading.Arrivals, reading.Admitted + reading.Shed.Sum() + reading.Cancelled + reading.Queued);
        Assert.Equal(_waiters.Where(pair => pair.Twin.Policy == policy && pair.Waiter.Outcome == Outcome.Waiting).Select(pair => pair.Waiter), nodes);
        if (nodes.Length > 0)
        {
            int needed = Math.Max(nodes[0].Cost, 1);
            Assert.True(gate.InUse + needed > _limit || reading.InUse + needed > cap, "A waiter waits although its permits are free.");
        }
    }
}
